"""What the `ci` commands print: tables, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click

from llmdeploy.cli.render.console import console


def show_rows(rows: Sequence[dict[str, Any]], columns: Iterable[str], *, as_json: bool, none: str) -> None:
    """Rows of data.

    Args:
        columns: which keys a table shows.
        none: said where there are no rows.
    """
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        click.echo(none)
        return
    from llmdeploy.cli.render.table import show, table

    names = tuple(columns)
    told = ([_cell(row[name]) for name in names] for row in rows)
    show(table([name.replace("_", " ").capitalize() for name in names], told), console())


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value)
