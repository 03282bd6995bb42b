"""A deployment in AWS: network, caches, fleet, gateways and front in each region, and what joins regions."""
