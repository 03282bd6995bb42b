"""How an evacuation looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.progress_json import print_line

if TYPE_CHECKING:
    from llmdeploy.infra.evacuation.report import EvacuationReport


@contextmanager
def drain_progress(region: str, *, as_json: bool) -> Iterator[Callable[[int | None], None]]:
    """Takes the number of requests under way: a moving line on a terminal, JSON lines when it changes, else
    nothing.
    """
    out = console(err=True)
    if as_json:
        yield _Lines(region)
    elif out.is_terminal:
        with out.status(f"waiting for {region}") as status:
            yield lambda found: status.update(f"{region}: {_under_way(found)}")
    else:
        yield lambda found: None


class _Lines:
    def __init__(self, region: str) -> None:
        self._region, self._told = region, -1

    def __call__(self, in_flight: int | None) -> None:
        if in_flight is not None and in_flight != self._told:
            self._told = in_flight
            print_line("progress", {"region": self._region, "in_flight": in_flight})


def show_evacuation(report: EvacuationReport, spec: str, *, as_json: bool) -> None:
    """What was changed, and whether the region is drained, or well again."""
    if as_json:
        print_line("result", report.document())
        return
    out = console()
    out.print(f"{report.stack}: {_headline(report)}", style="bold")
    done, line = (_well if report.back else _drained)(report)
    out.print(f"{'✓' if done else '✗'} {line}", style="green" if done else "red")
    for note in report.notes:
        out.print(f"! {note}", style="yellow")
    if not report.back:
        out.print(f"bring it back with `llmdeploy evacuate {spec} {report.region} --back`", soft_wrap=True)


def _headline(report: EvacuationReport) -> str:
    before = "" if report.changed else "already "
    if report.back:
        return f"{report.region} {before}takes requests again"
    return f"{report.region} is {before}evacuated; its requests go to {', then '.join(report.takers)}"


def _drained(report: EvacuationReport) -> tuple[bool, str]:
    if not report.watched:
        return True, f"changed in {report.change_s:.1f} s"
    if report.drained_s is not None:
        return True, f"nothing is under way there, {report.drained_s:.1f} s after the change{_took(report)}"
    return False, f"{_under_way(report.in_flight)} there, {report.within_s:g} s after the change"


def _well(report: EvacuationReport) -> tuple[bool, str]:
    if not report.watched:
        return True, f"changed in {report.change_s:.1f} s"
    if report.well_s is not None:
        return True, f"it is well{_took(report)}"
    return False, f"it is not well {report.within_s:g} s after the change: see `llmdeploy status`"


def _took(report: EvacuationReport) -> str:
    return f" (which took {report.change_s:.1f} s)" if report.changed else ""


def _under_way(in_flight: int | None) -> str:
    if in_flight is None:
        return "the gateway does not say what is under way"
    return f"{in_flight} request{'' if in_flight == 1 else 's'} under way"
