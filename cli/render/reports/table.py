"""The formats of reports, and where each is made; a format's module is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.cli.render.reports.checked import CheckedSpec

FORMATS: Final = {
    "json": "llmdeploy.cli.render.reports.document",
    "sarif": "llmdeploy.cli.render.reports.sarif",
    "junit": "llmdeploy.cli.render.reports.junit",
    "codequality": "llmdeploy.cli.render.reports.codequality",
    "github": "llmdeploy.cli.render.reports.github",
}


def report_on(specs: Sequence[CheckedSpec], format_name: str) -> str:
    """The report in a format of the table; ends with a line break unless it is empty."""
    report: str = import_module(FORMATS[format_name]).report(specs)
    # A file's name that is no UTF-8 is told as \udcff, which is how JSON writes it too.
    return report.encode("utf-8", errors="backslashreplace").decode()


def write_report(specs: Sequence[CheckedSpec], format_name: str, file: Path) -> None:
    """Write the report into a file, whose folder is made.

    Raises:
        LlmdeployError: it cannot be written.
    """
    report = report_on(specs, format_name)
    try:
        if not file.parent.exists():
            file.parent.mkdir(parents=True)
        file.write_text(report, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise LlmdeployError(
            f"the {format_name} report {file} cannot be written: {reason}",
            "name a file in a folder that you may write to",
        ) from None
