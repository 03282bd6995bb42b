"""Rollouts as they run: updates of the stack, looks at both versions, the way back."""
