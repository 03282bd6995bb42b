"""What a deployment does at this moment, asked of its processes and of its gateway."""
