"""A command line, read back flag by flag."""

from __future__ import annotations

from collections.abc import Sequence


def flags_of(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Each flag of a command with its values, in order; of a repeated one the last, as a parser takes it.

    What stands before the first flag is left out. No value of a framework's begins with two dashes.
    """
    found: dict[str, tuple[str, ...]] = {}
    name = None
    for word in words:
        if word.startswith("--"):
            name = word.removeprefix("--")
            found[name] = ()
        elif name is not None:
            found[name] = (*found[name], word)
    return found


def without(flags: dict[str, tuple[str, ...]], *names: str) -> dict[str, tuple[str, ...]]:
    """The others."""
    return {name: values for name, values in flags.items() if name not in names}
