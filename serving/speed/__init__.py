"""How fast a deployment answers: time to first token, time per output token, throughput."""
