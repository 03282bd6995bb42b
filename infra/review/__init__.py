"""What a change of a spec would do, gathered for whoever reviews it."""
