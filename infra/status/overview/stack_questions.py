"""What is asked of the engine, at the same time: each answer takes it a fifth of a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from llmdeploy.infra.status.asking import Asking
from llmdeploy.infra.status.overview.stack import StackState, stack_state
from llmdeploy.infra.status.overview.subject import Subject
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.infra.runner.result import HistoryEntry

WITHIN_S: Final = 15.0
"""For what can be left out. The state is waited for."""
_T = TypeVar("_T")


class StackQuestions:
    """All but the state is asked from the moment this is made."""

    def __init__(self, subject: Subject) -> None:
        engine, stack = subject.engine, subject.stack
        self._deadline = time.monotonic() + WITHIN_S
        self._subject = subject
        self._last = Asking({"": _or_none(partial(engine.history, stack, 1))})
        self._outputs = Asking({"": _or_none(partial(engine.outputs, stack, show_secrets=True))})
        simulation = subject.simulation
        lives = simulation is not None and simulation.runs
        self._live = Asking({"": _or_none(simulation.live_outputs)} if simulation and lives else {})

    def state(self) -> StackState:
        """The stack. Raises StackMissing, or another LlmdeployError of the engine's."""
        return stack_state(self._subject.engine.export(self._subject.stack))

    def last(self) -> Sequence[HistoryEntry] | None:
        """The last operation, if there was one; None: that was not told."""
        return self._last.answers(self._deadline).get("")

    def key(self) -> str | None:
        """The API key; None where there is none, or it was not told."""
        return (self._outputs.answers(self._deadline).get("") or {}).get("api_key")

    def live(self) -> dict[str, Any]:
        """The outputs of a live simulation; none where none runs."""
        return self._live.answers(self._deadline).get("") or {}


def _or_none(question: Callable[[], _T]) -> Callable[[], _T | None]:
    def asked() -> _T | None:
        try:
            return question()
        except LlmdeployError:
            return None

    return asked
