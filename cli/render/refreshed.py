"""What a refresh of the prices came to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli.render.failure import show_failure

if TYPE_CHECKING:
    from llmdeploy.infra.pricing.quote import PricesUnavailable
    from llmdeploy.infra.pricing.refresh import Refreshed

REJECTED = 5
"""Rows left out that are shown of each cloud; `--json` has all."""


def show_refreshed(
    refreshed: Iterable[Refreshed], failed: Mapping[str, PricesUnavailable], *, as_json: bool
) -> None:
    """What each cloud told, what was written and left out; and which cloud did not answer, and why."""
    if as_json:
        click.echo(json.dumps(_document(refreshed, failed), indent=2))
        return
    for one in refreshed:
        where = f"written to {one.file}" if one.file else "nothing written (--dry-run)"
        click.echo(f"{one.provider}: {one.prices} prices in {one.regions} regions, {where}")
        _show_lines("left out", one.rejected)
        _show_lines("not asked:", one.unasked)
    for error in failed.values():
        show_failure(error, color=None)


def _show_lines(what: str, lines: tuple[str, ...]) -> None:
    for line in lines[:REJECTED]:
        click.echo(f"  {what} {line}", err=True)
    if len(lines) > REJECTED:
        click.echo(f"  {what} {len(lines) - REJECTED} more: see --json", err=True)


def _document(refreshed: Iterable[Refreshed], failed: Mapping[str, PricesUnavailable]) -> dict[str, Any]:
    return {
        "ok": not failed,
        "refreshed": [asdict(one) | {"file": str(one.file) if one.file else None} for one in refreshed],
        "failed": [
            {"provider": provider, "problem": error.problem, "mend": error.mend}
            for provider, error in failed.items()
        ],
    }
