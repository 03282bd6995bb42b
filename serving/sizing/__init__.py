"""Sizing: how a model's memory divides over GPUs, and what is left for requests. Formulas: docs/sizing.md."""
