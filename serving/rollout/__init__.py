"""Rollouts as data: how far one is, what its stack is to be, and the judge of it (docs/judge.md). Pure."""
