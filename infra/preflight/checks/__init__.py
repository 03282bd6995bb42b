"""The checks, one function each: ask, compare, and say what was found."""
