"""What must be true before the engine is started: on this machine, and in the clouds."""
