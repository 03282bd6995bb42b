"""JUnit's XML, which every CI system shows as tests: one for each spec."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from llmdeploy.cli.render.reports.checked import CheckedSpec
    from llmdeploy.serving.errors import Problem

_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write, escaped or not."""


def report(specs: Sequence[CheckedSpec]) -> str:
    """One suite; a spec with problems is a test that failed, its warnings are what the test wrote."""
    failed = sum(1 for spec in specs if spec.problems)
    suites = ET.Element("testsuites")
    counts = {"tests": str(len(specs)), "failures": str(failed), "errors": "0", "skipped": "0"}
    suite = ET.SubElement(suites, "testsuite", {"name": "llmdeploy validate"} | counts)
    for spec in specs:
        _add_case(suite, spec)
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _add_case(suite: ET.Element, spec: CheckedSpec) -> None:
    found = (*spec.problems, *spec.warnings)
    file = _clean(os.path.relpath(spec.file))
    place = {"file": file, "line": str(next((problem.line for problem in found if problem.line), 1))}
    case = ET.SubElement(suite, "testcase", {"classname": "llmdeploy.validate", "name": file} | place)
    if spec.problems:
        count = f"{len(spec.problems)} problem{'s' if len(spec.problems) != 1 else ''}"
        failure = ET.SubElement(case, "failure", {"type": "SpecErrors", "message": count})
        failure.text = _lines(spec.problems)
    if spec.warnings:
        ET.SubElement(case, "system-out").text = _lines(spec.warnings)


def _lines(problems: tuple[Problem, ...]) -> str:
    return _clean("\n".join(map(str, problems)))


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
