"""Reads one table of the catalog, or one row of it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
_KEY = re.compile(r"^([^\s#].*):$", re.MULTILINE)
"""A row's key: alone on its line, at the margin."""


@cache
def read_table(name: str) -> Any:
    """The rows of `data/<name>.yaml`, as YAML has them."""
    return yaml.load(_text(name), yaml.CSafeLoader)


@cache
def row_names(name: str) -> tuple[str, ...]:
    """The keys of a table whose rows are mappings, in its order."""
    return tuple(_KEY.findall(_text(name)))


@cache
def read_row(name: str, row: str) -> Any:
    """One row of a table whose rows are mappings: a large table takes 30 times as long to read.

    Raises:
        KeyError: the table has no such row.
    """
    text = _text(name)
    starts = {key[1]: key.end() for key in _KEY.finditer(text)}
    rest = text[starts[row] :]
    following = _KEY.search(rest)
    return yaml.load(rest[: following.start()] if following else rest, yaml.CSafeLoader)


@cache
def _text(name: str) -> str:
    return (DATA / f"{name}.yaml").read_text("utf-8")
