"""How orphans look."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.cli.render.cloud_names import CLOUD_NAMES
from llmdeploy.cli.render.failure import visible
from llmdeploy.cli.render.table import heading
from llmdeploy.cli.render.telling import Telling

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.infra.orphans.found import Swept, Tagged

_MEND_SIMULATED: Final = "`llmdeploy simulate reset SPEC` forgets what is simulated."
_REPEAT_AFTER_S: Final = 5.0
"""Often enough to see that it goes on, seldom enough for a log that is read later."""
_FEW: Final = 6
_MEND: Final = (
    "Look at each, and remove it at its cloud: it may cost money. What was deployed with another backend is "
    "among them: give its --backend to leave that out."
)


class SweepProgress:
    """How far it is, on stderr: in place on a terminal, elsewhere a line every few seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._telling = Telling()
        self._clock = clock
        self._last = clock()
        self._terminal = sys.stderr.isatty()

    def __enter__(self) -> SweepProgress:
        self._telling.__enter__()
        if self._terminal:
            self._telling("looking for what carries our tags")
        return self

    def __exit__(self, *error: Any) -> None:
        self._telling.__exit__(*error)

    def __call__(self, where: str, done: int, total: int) -> None:
        """Tell the newest place."""
        now = self._clock()
        if self._terminal or now - self._last >= _REPEAT_AFTER_S:
            self._last = now
            self._telling(f"{done} of {total} places looked into: {where}")


def show_swept(swept: Swept, out: Console, *, simulated: bool) -> None:
    """Orphans by stack and region, then what could not be looked into, and what cannot be found at all."""
    show_found(swept, out, simulated=simulated)
    for provider, kinds in swept.untagged.items():
        out.print(f"Not to be found by tag in {CLOUD_NAMES[provider]}: {', '.join(kinds)}.", style="dim")


def show_found(swept: Swept, out: Console, *, simulated: bool) -> None:
    """Orphans, and what could not be looked into."""
    _show_orphans(swept, out)
    if swept.orphans:
        out.print(_MEND_SIMULATED if simulated else _MEND)
    _show_unlooked(swept, out)


def swept_data(swept: Swept) -> dict[str, Any]:
    """The sweep as JSON has it."""
    return asdict(swept) | {"untagged": swept.untagged}


def _show_orphans(swept: Swept, out: Console) -> None:
    if not swept.looked:
        out.print("Nothing was looked into." if swept.unlooked else "There is nothing to look into.")
        return
    looked = f"looked into {_listed(swept.looked)}"
    if not swept.orphans:
        out.print(f"No orphans: {looked}.", style="bold")
        return
    count = len(swept.orphans)
    what = (
        "1 resource carries our tags and no state knows it"
        if count == 1
        else f"{count} resources carry our tags and no state knows them"
    )
    out.print(f"{what}: {looked}.", style="bold yellow")
    for (stack, where), group in groupby(sorted(swept.orphans, key=_place), key=_place):
        heading(visible(f"{stack}, {where}"), out)
        for each in group:
            # Never broken: the name is there to be copied.
            out.print(visible(f"  {each.type} {each.id}"), soft_wrap=True)


def _listed(places: Sequence[str]) -> str:
    return ", ".join(places) if len(places) <= _FEW else f"{len(places)} regions"


def _place(orphan: Tagged) -> tuple[str, str]:
    return orphan.stack, f"{orphan.provider}/{orphan.region or 'global'}"


def _show_unlooked(swept: Swept, out: Console) -> None:
    by_reason: dict[tuple[str, str], list[str]] = {}
    for each in swept.unlooked:
        by_reason.setdefault((each.why, each.mend), []).append(each.where)
    for (why, mend), places in by_reason.items():
        out.print(f"! not looked into: {_listed(places)}: {why}", style="yellow", soft_wrap=True)
        if mend:
            out.print(f"  → {mend}", soft_wrap=True)
