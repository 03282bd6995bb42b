"""Which inputs name other resources, and whether those are there."""
