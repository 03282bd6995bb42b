"""The data sources: answers from what is true of the real clouds, and from what the simulated ones hold."""
