"""Rollouts, as commands begin, watch and steer them."""
