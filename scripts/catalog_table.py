"""Writes a table of the catalog: a line for each type or region, so that a changed price is a short diff."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "serving/catalog/data"


def write_table(name: str, table: dict[str, Any]) -> None:
    """Write `table`, with its types or regions a line each, as the file `name` of the catalog."""
    head = {key: value for key, value in table.items() if key not in ("types", "regions")}
    body = next(key for key in ("types", "regions") if key in table)
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in table[body].items()]
    text = json.dumps(head)[:-1] + f', "{body}": {{\n' + ",\n".join(lines) + "\n}}\n"
    (DATA / name).write_text(text, "utf-8")
