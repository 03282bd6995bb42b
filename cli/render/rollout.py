"""A rollout while it runs, as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.render.table import show, styled, table
from llmdeploy.infra.rollout.events import Event, Gate, Judged, Moved, Moving, Noted, Turned, Warm, Watching

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status
    from rich.table import Table
    from rich.text import Text

    from llmdeploy.serving.rollout.evidence import Evidence, Verdict
    from llmdeploy.serving.rollout.progress import Ended, Progress

_STYLES: Final = {"pass": "green", "fail": "bold red", "wait": "yellow"}
_SIGNS: Final = {"pass": "✓", "fail": "✗", "wait": "…"}


class RolloutView:
    """A line for each move and each verdict; what goes on between them is shown on a terminal's last line."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._status: Status | None = None

    @contextmanager
    def shown(self) -> Iterator[RolloutView]:
        """Show events while the block runs."""
        if not self._out.is_terminal:
            yield self
            return
        with self._out.status("") as status:
            self._status = status
            yield self

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case Moving():
                self._moving(event)
            case Moved(what, seconds):
                self._now(f"{what}: done in {seconds:.1f} s")
            case Warm(region, replicas, requests, seconds):
                many = "1 replica" if replicas == 1 else f"{replicas} replicas"
                self._line(f"   {region}: {many} answered {requests} requests, warm after {seconds:.1f} s")
            case Gate():
                self._gate(event)
            case Watching():
                self._now(_watching(event))
            case Judged(region, percent, verdict):
                self._judged(region, percent, verdict)
            case Turned(reason):
                self._line(f"↩ going back: {reason}", "bold red")
            case Noted(text):
                self._line(f"   {text}", "yellow")

    def _moving(self, event: Moving) -> None:
        self._line(f"{event.move}/{event.of} {event.what}", "bold")
        for region, count in event.lost.items():
            many = "1 replica is" if count == 1 else f"{count} replicas are"
            self._line(f"   {region}: {many} missing until the new version takes over", "yellow")

    def _gate(self, event: Gate) -> None:
        self._line(f"   {event.region}: {event.passed} of {event.total} prompts passed")
        for failure in event.failures:
            self._line(f"     {failure}", "dim")

    def _judged(self, region: str, percent: int, verdict: Verdict) -> None:
        sign, style = _SIGNS[verdict.decision], _STYLES[verdict.decision]
        self._line(f"   {sign} {region} at {percent} %: {verdict.explanation}", style)
        if verdict.decision == "fail":
            show(evidence_table(verdict.evidence), self._out)

    def _line(self, text: str, style: str = "") -> None:
        self._out.print(text, style=style, soft_wrap=True)

    def _now(self, text: str) -> None:
        if self._status is not None:
            self._status.update(f"   {text}")


def evidence_table(evidence: tuple[Evidence, ...]) -> Table:
    """What the judge went by, the violated first."""
    rows = sorted(
        (row for row in evidence if row.canary is not None), key=lambda row: row.finding != "violated"
    )
    return table(("   metric", "old", "new", "limit", "chance", "test"), map(_row, rows))


def show_plan(progress: Progress, bake_s: float, out: Console) -> None:
    """What a rollout will do, before it begins."""
    order = ", then ".join(" and ".join(group) for group in progress.groups)
    out.print(f"rollout to revision {progress.number}: {progress.strategy}, {order}", style="bold")
    copied = [f"{step} % copied" for step in progress.steps[: progress.copied_steps]]
    given = [f"{step} %" for step in progress.steps[progress.copied_steps :]]
    watched = f", each watched for {bake_s:g} s" if progress.judged else ", not watched"
    out.print(f"steps {', '.join([*copied, *given])}{watched}")


def show_ended(ended: Ended, out: Console) -> None:
    """How it ended."""
    if ended.outcome == "done":
        out.print(f"✓ revision {ended.number} serves everywhere", style="bold green")
        return
    out.print(f"✗ revision {ended.number} went back: {ended.reason}", style="bold red", soft_wrap=True)
    for ground in ended.grounds:
        out.print(f"  {ground}", soft_wrap=True)
    out.print("the former revision serves everywhere, as before")


def show_waiting(progress: Progress, spec: str, out: Console) -> None:
    """Where it waits."""
    out.print(f"paused at {progress.describe()}", style="bold yellow")
    out.print(f"`llmdeploy rollout {spec} --resume` goes on, --abort goes back")


def _watching(event: Watching) -> str:
    return (
        f"{event.region} at {event.percent} %: {event.seconds:.0f} of {event.bake:.0f} s, "
        f"{event.canary} requests to the new version, {event.failed} failed, {event.stable} to the old"
    )


def _row(row: Evidence) -> tuple[str | Text, ...]:
    style = "red" if row.finding == "violated" else ""
    return (
        styled(f"   {row.metric}", style),
        _figure(row.stable),
        styled(_figure(row.canary), style),
        _figure(row.limit),
        "–" if row.p is None else f"{row.p:.2g}",
        row.test,
    )


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
