"""What runs stacks: the engine, state, the local provider plugin, replicas, status, drill."""
