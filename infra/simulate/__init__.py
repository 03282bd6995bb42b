"""Simulated clouds: stand-ins for AWS and GCP that the real engine works against, without an account.

`attach` serves them to an engine, `SimulatedClouds` is what is in them.
"""
