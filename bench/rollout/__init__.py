"""Rollouts under load: what clients see of good versions, of bad ones, and of commands that are killed."""
