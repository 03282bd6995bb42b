"""How the wait for instances looks, and what came of each region."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.cli.exit_codes import FAILED, OK, PARTLY_UP
from llmdeploy.cli.render.table import heading, show, styled, table
from llmdeploy.cli.render.telling import Telling

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.infra.fleet import RegionFleet

_STYLES: Final = {
    "up": "green",
    "starting": "yellow",
    "short": "yellow",
    "down": "red",
    "failed": "red",
    "unknown": "red",
}
_EXPLAINED: Final = "Every region by itself: those that are up serve, whatever became of the others."


class FleetProgress:
    """How far the regions are, on stderr: in place on a terminal, elsewhere a line for each change.

    Args:
        regions: how many there are.
    """

    def __init__(self, regions: int) -> None:
        self._telling = Telling()
        self._regions = regions
        self._states: dict[str, str] = {}
        self._terminal = sys.stderr.isatty()

    def __enter__(self) -> FleetProgress:
        self._telling.__enter__()
        if self._terminal:
            self._telling("asking the clouds for the instances (Ctrl-C ends the wait, not the deployment)")
        return self

    def __exit__(self, *error: Any) -> None:
        self._telling.__exit__(*error)

    def __call__(self, fleet: RegionFleet) -> None:
        """Tell what has changed."""
        self._states[fleet.region] = fleet.state
        line = f"{fleet.region} {fleet.state}: {_progress(fleet)}"
        if self._terminal:
            up = Counter(self._states.values())["up"]
            line = f"{up} of {self._regions} regions up; {line}"
        self._telling(line)


def show_fleets(fleets: Sequence[RegionFleet], out: Console) -> None:
    """One row a region, and one for a version on trial in it; then why those that are not up are not, with
    commands that can be copied.
    """
    show(
        table(
            ("region", "replicas", "gateways", "state"),
            [row for fleet in fleets for row in _rows(fleet)],
        ),
        out,
    )
    _show_reasons([fleet for fleet in fleets if fleet.why], out)
    if exit_code(fleets) == PARTLY_UP:
        out.print(_EXPLAINED)


def fleets_data(fleets: Iterable[RegionFleet]) -> list[dict[str, Any]]:
    """The regions as JSON has them."""
    return [_without_nothing(asdict(fleet)) | {"serves": fleet.serves} for fleet in fleets]


def exit_code(fleets: Sequence[RegionFleet]) -> int:
    """3 when a region is not up and one serves; 1 when none does."""
    if all(fleet.state == "up" for fleet in fleets):
        return OK
    return PARTLY_UP if any(fleet.serves for fleet in fleets) else FAILED


def _rows(fleet: RegionFleet) -> Iterator[tuple[Any, ...]]:
    yield (
        fleet.region,
        _of(fleet.healthy, fleet.wanted),
        _of(fleet.gateways_healthy, fleet.gateways_wanted),
        styled(fleet.state, _STYLES[fleet.state]),
    )
    if (canary := fleet.canary) is not None:
        yield (f"  canary {canary.revision}", _of(canary.healthy, canary.wanted), "", "")


def _without_nothing(data: dict[str, Any]) -> dict[str, Any]:
    """Outside of a rollout there is no canary to speak of."""
    return {key: value for key, value in data.items() if key != "canary" or value is not None}


def _show_reasons(fleets: Sequence[RegionFleet], out: Console) -> None:
    if not fleets:
        return
    out.print()
    heading("What is missing, and why", out)
    for fleet in fleets:
        out.print(f"{fleet.region}: {fleet.why}", soft_wrap=True)
        if fleet.mend:
            out.print(f"  {fleet.mend}", soft_wrap=True)
        if fleet.command:
            # Never broken: it is there to be copied.
            out.print(f"  {fleet.command}", soft_wrap=True)
    out.print()


def _progress(fleet: RegionFleet) -> str:
    parts = [] if fleet.healthy is None else [f"{_of(fleet.healthy, fleet.wanted)} replicas healthy"]
    parts += [f"{fleet.launched} launched"] if fleet.launched is not None else []
    if fleet.canary is not None and fleet.canary.healthy is not None:
        parts.append(f"{_of(fleet.canary.healthy, fleet.canary.wanted)} of the canary")
    parts += [fleet.why] if fleet.why else []
    return ", ".join(parts)


def _of(count: int | None, wanted: int) -> str:
    return f"{'?' if count is None else count} of {wanted}"
