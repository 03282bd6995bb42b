"""GitLab's Code Quality: what a merge request shows beside the lines that it changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.render.reports.checked import findings

if TYPE_CHECKING:
    from llmdeploy.cli.render.reports.checked import CheckedSpec

_SEVERITIES: Final = {"error": "major", "warning": "minor"}


def report(specs: Sequence[CheckedSpec]) -> str:
    """A list of findings, empty when there are none."""
    entries = [
        {
            "description": finding.text,
            "check_name": finding.rule,
            "fingerprint": finding.fingerprint,
            "severity": _SEVERITIES[finding.level],
            "location": {"path": finding.file, "lines": {"begin": finding.line}},
        }
        for finding in findings(specs)
    ]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
