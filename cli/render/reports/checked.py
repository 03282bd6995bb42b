"""What there is to say about the specs that were checked."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from llmdeploy.serving.errors import Problem

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class CheckedSpec:
    """A spec as it was named, with its problems; a good one has none, but may have warnings."""

    file: str
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem or warning as reports tell it.

    Args:
        rule: which kind of problem, like `spec/regions/gpu`: the field, without indices and names.
        file: relative to the current folder.
        line: from 1; the first where the place is not known. `column` likewise.
        text: field, problem and mend.
        fingerprint: 64 hexadecimal digits, its own and of no other finding; stays when lines move.
    """

    level: Level
    rule: str
    file: str
    line: int
    column: int
    text: str
    fingerprint: str


def findings(specs: Sequence[CheckedSpec]) -> Iterator[Finding]:
    """Everything found, spec by spec."""
    alike: Counter[tuple[str, str, str]] = Counter()
    for level, problem in _levelled(specs):
        rule, file = _rule(problem), os.path.relpath(problem.file)
        known_by = (rule, file, re.sub(r"\bline \d+", "", problem.problem))
        alike[known_by] += 1
        yield Finding(
            level=level,
            rule=rule,
            file=file,
            line=problem.line or 1,
            column=problem.column or 1,
            text=_text(problem),
            fingerprint=hashlib.sha256(repr((*known_by, alike[known_by])).encode()).hexdigest(),
        )


def _levelled(specs: Sequence[CheckedSpec]) -> Iterator[tuple[Level, Problem]]:
    for spec in specs:
        yield from (("error", problem) for problem in spec.problems)
        yield from (("warning", warning) for warning in spec.warnings)


def _rule(problem: Problem) -> str:
    if not problem.path:
        return "spec/yaml" if problem.line else "spec/file"
    unindexed = re.sub(r"\[.*?\](?=[.\[]|$)", "", problem.path)
    fields = re.sub(r"^environments\.[^.]+", "environments", unindexed)
    return "/".join(("spec", *filter(None, fields.split("."))))


def _text(problem: Problem) -> str:
    path = f"{problem.path}: " if problem.path else ""
    mend = f"; {problem.mend}" if problem.mend else ""
    return f"{path}{problem.problem}{mend}"
