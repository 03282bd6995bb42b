"""The Plan: frozen data that says everything a deployment will be, and why."""
