"""Declarative deployment of LLM inference: one serving spec becomes Pulumi stacks."""

__version__ = "0.1.0"
