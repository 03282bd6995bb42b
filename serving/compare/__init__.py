"""The same spec self-hosted, by each of the clouds' own services, and by other people's APIs."""
