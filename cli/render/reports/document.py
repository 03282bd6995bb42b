"""JSON of our own: every problem and warning with its place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmdeploy.cli.render.reports.checked import CheckedSpec


def report(specs: Sequence[CheckedSpec]) -> str:
    """One document on all specs."""
    document = {
        "ok": not any(spec.problems for spec in specs),
        "valid": [spec.file for spec in specs if not spec.problems],
        "problems": [asdict(problem) for spec in specs for problem in spec.problems],
        "warnings": [asdict(warning) for spec in specs for warning in spec.warnings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
