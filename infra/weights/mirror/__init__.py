"""Mirrors models once into the bucket of each region, from where the replicas there load them."""
