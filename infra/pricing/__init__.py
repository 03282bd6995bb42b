"""Asks the clouds what instances cost today."""
