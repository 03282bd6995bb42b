"""What the preflight asks of clouds, registries and the hub, each behind a narrow protocol."""
