"""What a rule is: a function from a spec to what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from llmdeploy.serving.spec import ServingSpec


class RuleProblem(NamedTuple):
    """Where in the spec, what is wrong, and the mend."""

    path: tuple[str | int, ...]
    problem: str
    mend: str


Rule = Callable[[ServingSpec], Iterable[RuleProblem]]
"""One relation between fields that a single field's type cannot say."""
