"""The flags of each version of a server, for the spec's `framework.args`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from llmdeploy.serving.catalog.table import DATA


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag as its server's parser has it."""

    name: str
    type: Literal["switch", "int", "float", "str"]
    """str is also what only the server can read: JSON, sizes such as 32k, lists."""
    negative: bool
    """Whether there is a `--no-` form."""
    choices: tuple[str, ...]
    many: bool
    """Whether it takes several values."""


@dataclass(frozen=True, slots=True)
class FlagTable:
    """All flags of one version, by each of their names with dashes."""

    version: str
    documentation: bool
    """Whether they are from documentation, not from the parser itself."""
    flags: dict[str, Flag]

    def find(self, name: str) -> Flag | None:
        """The flag of a name; `some.key` is a key in the JSON of `some`."""
        plain = name.replace("_", "-")
        return self.flags.get(plain) or self.flags.get(plain.partition(".")[0])


@cache
def flag_table(framework: str, version: str, engine_only: bool = False) -> FlagTable | None:
    """The flags of a version, or None where they are not known.

    Args:
        engine_only: vLLM's engine arguments without those of its HTTP server, as Triton's backend takes them.
    """
    file = DATA / "flags" / f"{framework}-{version}.json"
    if "/" in version or not file.is_file():
        return None
    table = json.loads(file.read_text("utf-8"))
    flags: dict[str, Flag] = {}
    for name, row in table["flags"].items():
        if engine_only and "engine" not in row:
            continue
        flag = _flag(name, row)
        for spelling in (name, *row.get("aliases", ())):
            flags[spelling.replace("_", "-")] = flag
    return FlagTable(table["version"], table.get("documentation", False), flags)


def _flag(name: str, row: dict[str, Any]) -> Flag:
    many = row.get("nargs", "?") != "?"
    return Flag(name, row["type"], row.get("negative", False), tuple(row.get("choices", ())), many)
