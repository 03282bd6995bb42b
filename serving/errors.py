"""Errors that a user can mend.

LlmdeployError                  anything the command line shows without a traceback; exit code 1
├── SpecErrors                  every problem of a spec at once; exit code 2
└── (infra adds its own: infra/errors.py)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class LlmdeployError(Exception):
    """A failure with a mend: what went wrong, where, and what to do about it.

    Args:
        problem: one sentence, what is wrong and where.
        mend: one sentence, what the user can do; empty when nothing can be done.
    """

    exit_code = 1

    def __init__(self, problem: str, mend: str = "") -> None:
        self.problem = problem
        self.mend = mend
        super().__init__(f"{problem}; {mend}" if mend else problem)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a spec. `line` and `column` count from 1; 0 means the place is not known."""

    file: str
    line: int
    column: int
    path: str
    problem: str
    mend: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        path = f" {self.path}" if self.path else ""
        mend = f"; {self.mend}" if self.mend else ""
        return f"{where}{path}: {self.problem}{mend}"


class SpecErrors(LlmdeployError):
    """All problems found in a spec, in the order of the file."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))
