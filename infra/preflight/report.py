"""What the preflight came to."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.stacks.pins import Pins


class PreflightFailed(LlmdeployError):
    """The clouds cannot give what the plan needs. `report` has every finding."""

    def __init__(self, report: Report) -> None:
        self.report = report
        failed = report.failed
        lines = "".join(f"\n  {_line(each)}" for each in failed)
        count = f"{len(failed)} check{'s' if len(failed) != 1 else ''}"
        soft = sorted({each.check for each in failed if each.soft})
        allow = " ".join(f"--allow {check}" for check in soft)
        super().__init__(
            f"{count} of the preflight failed:{lines}",
            "`llmdeploy preflight SPEC` shows them all with what mends them"
            + (f"; {allow} goes on in spite of the soft ones" if soft else ""),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """Every finding, and what was resolved on the way."""

    findings: tuple[Finding, ...]
    pins: Pins
    """Images, machine images and zones, to be laid under those of the stack's last `up` (`Pins.over`)."""
    simulated: bool = False

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The findings that keep `up` from going on."""
        return tuple(each for each in self.findings if each.verdict == "failed")

    @property
    def ok(self) -> bool:
        """Whether `up` may go on."""
        return not self.failed

    def require_credentials(self) -> None:
        """Raise PreflightFailed where a cloud lets nobody in: nothing can even be looked at there."""
        if any(each.check == "credentials" for each in self.failed):
            raise PreflightFailed(self)

    def require(self) -> None:
        """Raise PreflightFailed unless `up` may go on."""
        if not self.ok:
            raise PreflightFailed(self)


def _line(finding: Finding) -> str:
    where = f"{finding.where} " if finding.where else ""
    return f"{where}{finding.check}: needs {finding.needs}, has {finding.has}"
