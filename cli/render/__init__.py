"""How results look: on a terminal, in a file, and as JSON. Commands hand data over and print nothing."""
