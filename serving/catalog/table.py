"""Reads one table of the catalog."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


@cache
def read_table(name: str) -> Any:
    """The rows of `data/<name>.yaml`, as YAML has them."""
    return yaml.load((DATA / f"{name}.yaml").read_text("utf-8"), yaml.CSafeLoader)
