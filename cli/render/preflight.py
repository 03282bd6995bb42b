"""How a preflight looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.cli.render.table import heading, show, styled, table
from llmdeploy.cli.render.telling import Telling

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.infra.preflight.finding import Finding
    from llmdeploy.infra.preflight.report import Report

_SIGNS: Final = {
    "ok": ("✓", "green"),
    "warning": ("!", "yellow"),
    "allowed": ("!", "yellow"),
    "failed": ("✗", "red"),
}

_REPEAT_AFTER_S: Final = 5.0
"""Often enough to see that it goes on, seldom enough for a log that is read later."""


class PreflightProgress:
    """How far it is, on stderr: in place on a terminal, elsewhere a line every few seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._telling = Telling()
        self._clock = clock
        self._last = clock()
        self._terminal = sys.stderr.isatty()

    def __enter__(self) -> PreflightProgress:
        self._telling.__enter__()
        if self._terminal:
            self._telling("asking the clouds")
        return self

    def __exit__(self, *error: Any) -> None:
        self._telling.__exit__(*error)

    def __call__(self, finding: Finding, done: int, total: int) -> None:
        """Tell the newest finding."""
        now = self._clock()
        if self._terminal or now - self._last >= _REPEAT_AFTER_S:
            self._last = now
            sign, _ = _SIGNS[finding.verdict]
            self._telling(f"{done} of {total} checks: {sign} {finding.where or 'all'} {finding.check}")


def show_report(report: Report, out: Console) -> None:
    """One table, then what mends each failure, with commands that can be copied."""
    if report.simulated:
        out.print("Simulated clouds: nothing was asked of a real one.", style="yellow")
    rows = [
        (each.where or "all", each.check, each.needs, each.has, styled(*_verdict(each)))
        for each in report.findings
    ]
    show(table(("region", "check", "needs", "has", "verdict"), rows), out)
    out.print()
    _show_mends(report, out)
    out.print(_summary(report), style="bold")


def report_data(report: Report) -> dict[str, Any]:
    """The report as JSON has it."""
    from dataclasses import asdict

    return {
        "ok": report.ok,
        "simulated": report.simulated,
        "findings": [asdict(each) for each in report.findings],
        "pins": report.pins.model_dump(mode="json"),
    }


def _verdict(finding: Finding) -> tuple[str, str]:
    sign, color = _SIGNS[finding.verdict]
    return f"{sign} {finding.verdict}{' (soft)' if _can_be_allowed(finding) else ''}", color


def _can_be_allowed(finding: Finding) -> bool:
    return finding.verdict == "failed" and finding.soft


def _show_mends(report: Report, out: Console) -> None:
    to_mend = [each for each in report.findings if each.verdict != "ok" and (each.mend or each.command)]
    if not to_mend:
        return
    heading("What mends it", out)
    for each in to_mend:
        out.print(f"{each.where or 'all'} {each.check}: {each.mend}", soft_wrap=True)
        if each.command:
            # Never broken: it is there to be copied.
            out.print(f"  {each.command}", soft_wrap=True)
    out.print()


def _summary(report: Report) -> str:
    failed = report.failed
    if not failed:
        return "The clouds can give what `llmdeploy up` needs."
    count = f"{len(failed)} check{'s' if len(failed) != 1 else ''} failed"
    soft = sorted({each.check for each in failed if each.soft})
    if len(soft) and all(each.soft for each in failed):
        return f"{count}; {' '.join(f'--allow {check}' for check in soft)} lets `up` go on all the same."
    return f"{count}: `llmdeploy up` would not go on."
