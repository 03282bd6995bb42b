"""The weights that a local replica loads: the bundled model, generated ones, or a file of the user's."""
