"""Reusable Pulumi components, one per building block and provider."""
