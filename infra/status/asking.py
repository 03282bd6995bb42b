"""Asking many at once, and waiting for none longer than is good."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Asking(Generic[T]):
    """Questions that are being asked, each in a thread of its own, from the moment this is made.

    A question that hangs is left behind in its thread, which does not keep the program from ending.
    """

    def __init__(self, questions: Mapping[str, Callable[[], T]]) -> None:
        self._asked = {name: _Asked(question) for name, question in questions.items()}

    def answers(self, deadline: float) -> dict[str, T]:
        """What was answered before `deadline` (`time.monotonic` seconds), by the questions' names.

        What a question raises is raised here.
        """
        for each in self._asked.values():
            each.join(max(0.0, deadline - time.monotonic()))
        return {name: answer for name, each in self._asked.items() for answer in each.answers()}


class _Asked(threading.Thread, Generic[T]):
    # A thread of our own and no executor: the interpreter waits for an executor's threads before it exits.
    def __init__(self, question: Callable[[], T]) -> None:
        super().__init__(daemon=True)
        self._question = question
        self._answers: list[T] = []
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._answers.append(self._question())
        except BaseException as error:  # noqa: BLE001 - raised again where the answer is wanted
            self._error = error

    def answers(self) -> list[T]:
        if self._error is not None:
            raise self._error
        return self._answers
