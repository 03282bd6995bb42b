"""Workflow commands of GitHub Actions: lines of a job's output that become annotations of a diff.

They need no permission: they show on pull requests from forks too, which may not write to code scanning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmdeploy.cli.render.reports.checked import findings

if TYPE_CHECKING:
    from llmdeploy.cli.render.reports.checked import CheckedSpec, Finding


def report(specs: Sequence[CheckedSpec]) -> str:
    """A line for each finding."""
    return "".join(map(_command, findings(specs)))


def _command(finding: Finding) -> str:
    properties = {
        "file": finding.file,
        "line": str(finding.line),
        "col": str(finding.column),
        "title": finding.rule,
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{finding.level} {listed}::{_message(finding.text)}\n"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
