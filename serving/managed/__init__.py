"""What a cloud's own services make of a replica: its container, its limits, and what they cannot honour."""
