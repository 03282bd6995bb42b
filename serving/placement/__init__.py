"""Which instances a replica runs on: what fits, what meets the target, and the cheapest of these."""
