"""What a simulated cloud does with a resource: check, compare, make, change, read, remove."""
