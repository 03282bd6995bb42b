"""The steps of `build_plan`, one a file. Each takes a Draft and returns a fuller one."""
