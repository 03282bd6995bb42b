"""Transcripts: each file of cases/ says a command, the files it finds, and exactly what it writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
SECTION = re.compile(r"^-- (?P<name>.+?) --\n", re.MULTILINE)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_transcript(case, terminal):
    head, sections = parse(case.read_text())
    command, code = re.fullmatch(r"\$ (.+)\n(?:exit (\d+)\n)?", head).groups()
    for name, text in sections.items():
        if name not in {"stdout", "stderr"}:
            terminal.write(name, text)
    outcome = terminal.run(command)
    assert outcome.stderr == sections.get("stderr", "")
    assert outcome.stdout == sections.get("stdout", "")
    assert outcome.code == int(code or 0)


def parse(text):
    """The lines before the first section, and the sections by name."""
    head, *rest = SECTION.split(text)
    return head, dict(zip(rest[::2], rest[1::2], strict=True))


def test_there_are_cases():
    assert CASES
