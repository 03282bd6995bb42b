"""What became of a quality gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ended = Literal["whole", "hopeless", "time"]


@dataclass(frozen=True, slots=True)
class EvalFailure:
    """An answer that did not pass.

    Args:
        line: of the prompts' file.
        prompt: its beginning, as that of the answer; empty when none came.
        verdict: the raw words of the judging model, where one was asked.
    """

    line: int
    prompt: str
    answer: str
    why: str
    verdict: str = ""

    def __str__(self) -> str:
        answer = f' was answered "{self.answer}"' if self.answer else ""
        verdict = f' ("{self.verdict}")' if self.verdict else ""
        return f'line {self.line}: "{self.prompt}"{answer}: {self.why}{verdict}'


@dataclass(frozen=True, slots=True)
class EvalResult:
    """What became of the prompts. Those that were not asked have not passed.

    Args:
        failed: answers that did not pass, and requests that got none.
        ended: whole: every prompt was asked; hopeless: too few could still pass; time: the time was over.
        failures: the first of the file, a few.
    """

    passed: int
    failed: int
    total: int
    ended: Ended
    failures: tuple[EvalFailure, ...]

    @property
    def share(self) -> float:
        """The part that passed, 0 to 1."""
        return self.passed / self.total

    def __str__(self) -> str:
        endings = {
            "whole": "",
            "hopeless": f"; {self._unasked} were not asked, as too few could still pass",
            "time": f"; {self._unasked} got no answer in time",
        }
        return f"{self.passed} of {self.total} answers passed{endings[self.ended]}"

    @property
    def _unasked(self) -> int:
        return self.total - self.passed - self.failed
