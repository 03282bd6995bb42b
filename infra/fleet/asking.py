"""Questions in a bounded number of threads, none of which can hold up who asks."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from llmdeploy.serving.errors import LlmdeployError

Key = TypeVar("Key")
Value = TypeVar("Value")


class Asking(Generic[Key, Value]):
    """Threads that ask while a `with` block runs. Questions that hang are left behind when it ends."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._questions: queue.SimpleQueue[tuple[Key, Callable[[], Value]] | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[tuple[Key, Value | Exception]] = queue.SimpleQueue()

    def __enter__(self) -> Asking[Key, Value]:
        for _ in range(self._threads):
            # Daemons: one that hangs in a system call must not keep the command from ending.
            threading.Thread(target=self._work, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(queue.Empty):
            while True:
                self._questions.get_nowait()
        for _ in range(self._threads):
            self._questions.put(None)

    def ask(self, key: Key, question: Callable[[], Value]) -> None:
        """Have a thread ask it; `key` comes back with the answer."""
        self._questions.put((key, question))

    def answer(self, timeout_s: float) -> tuple[Key, Value | LlmdeployError] | None:
        """The next answer, or the error of ours that came instead; None when there is none in time.

        Raises:
            Exception: any other that a question raised: a bug.
        """
        try:
            key, answer = self._answers.get(timeout=max(0.0, timeout_s))
        except queue.Empty:
            return None
        if isinstance(answer, Exception) and not isinstance(answer, LlmdeployError):
            raise answer
        return key, answer

    def _work(self) -> None:
        while (item := self._questions.get()) is not None:
            key, question = item
            try:
                self._answers.put((key, question()))
            except Exception as error:  # noqa: BLE001 - raised again by `answer`
                self._answers.put((key, error))
