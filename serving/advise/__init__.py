"""Whether to self-host, and with which framework."""
