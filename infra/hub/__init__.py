"""Reads what the Hugging Face hub says of a model."""
