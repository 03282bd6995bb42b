"""How each inference server is started: one file a framework, pure functions from the plan to a command."""
