"""Reads numbers out of a stranger's JSON, and gathers everything wrong with it instead of failing at the
first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LIMITS = {
    "num_hidden_layers": 1_000,
    "hidden_size": 1_000_000,
    "vocab_size": 10_000_000,
    "intermediate_size": 10_000_000,
    "max_position_embeddings": 1_000_000_000,
}
"""The largest values believed, some ten times what any published model has."""
OTHER_LIMIT = 1_000_000


class Fields:
    """One mapping of a model's file. Every reading method returns a usable value, and notes what was
    wrong."""

    def __init__(self, values: Mapping[str, Any], problems: list[str], prefix: str = "") -> None:
        self.values = values
        self.problems = problems
        self.prefix = prefix

    def wrong(self, what: str) -> None:
        """Note a problem with this mapping; `what` starts with the field's name."""
        self.problems.append(self.prefix + what)

    def count(self, *names: str, default: int | None = None, least: int = 1) -> int:
        """The first of `names` that is there: a whole number from `least` up to a believable limit.

        Without a default, a missing field is a problem.
        """
        for name in names:
            if self.values.get(name) is not None:
                return self._whole(name, self.values[name], least)
        if default is None:
            self.wrong(f"{names[0]} is missing")
            return max(least, 1)
        return default

    def maybe(self, *names: str, least: int = 1) -> int | None:
        """Like `count`, but None when no name is there."""
        return self.count(*names, least=least) if any(self.has(name) for name in names) else None

    def number(self, name: str, default: float) -> float:
        """A finite number above 0 and up to a million."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= OTHER_LIMIT:
            self.wrong(f"{name} is {_shown(value)}, not a number above 0")
            return default
        return float(value)

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(f"{name} is {_shown(value)}, not true or false")
            return default
        return value

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            self.wrong(f"{name} is {_shown(value)}, not a string")
            return default
        return value

    def table(self, name: str) -> Fields | None:
        """A mapping inside this one; None when it is not there."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.wrong(f"{name} is {_shown(value)}, not an object")
            return None
        return Fields(value, self.problems, f"{self.prefix}{name}.")

    def listed(self, name: str, length: int | None = None) -> list[Any] | None:
        """A list, of `length` entries when that is given; None when it is not there."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            self.wrong(f"{name} is {_shown(value)}, not a list")
            return None
        if length is not None and len(value) != length:
            self.wrong(f"{name} has {len(value)} entries for {length} layers")
            return None
        return value

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.values.get(name) is not None

    def _whole(self, name: str, value: Any, least: int) -> int:
        limit = LIMITS.get(name, OTHER_LIMIT)
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(f"{name} is {_shown(value)}, not a whole number")
        elif not least <= value <= limit:
            self.wrong(f"{name} is {_shown(value)}, not between {least} and {limit:,}")
        else:
            return value
        return max(least, 1)


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else shown[:37] + "…"
