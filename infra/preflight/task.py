"""Tasks that run side by side in a bounded number of threads, none of which can hold up the end."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from llmdeploy.infra.preflight.clouds.errors import Denied, NoAnswer
from llmdeploy.infra.preflight.finding import Check, Finding
from llmdeploy.serving.errors import LlmdeployError

THREADS: Final = 16
"""Questions under way at once: EC2 answers some calls only a few times a second before it throttles."""
_NEEDED: Final[frozenset[Check]] = frozenset({"credentials", "image"})


@dataclass(frozen=True, slots=True)
class Task:
    """One check. `run` may raise any LlmdeployError, which is a finding too."""

    where: str
    check: Check
    needs: str
    run: Callable[[], Finding | None]
    then: Sequence[Task] = field(default=())
    """Those that make no sense when this one fails."""

    @property
    def size(self) -> int:
        """This task, and all that may follow it."""
        return 1 + sum(each.size for each in self.then)


@dataclass(frozen=True, slots=True)
class Done:
    """A task that has ended; `finding` is None where there was nothing to say."""

    task: Task
    finding: Finding | None


def run_tasks(tasks: Sequence[Task], patience_s: float) -> Iterator[Done]:
    """Every task as it ends. Those that still run after `patience_s` are given up, as are those not begun.

    Raises:
        Exception: what a task raises that is no LlmdeployError, when all others have ended: a bug.
    """
    end = time.monotonic() + patience_s
    waiting: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
    ended: queue.SimpleQueue[tuple[Task, Finding | Exception | None]] = queue.SimpleQueue()
    open_tasks: list[Task] = []
    bug: Exception | None = None

    def start(several: Sequence[Task]) -> None:
        for task in several:
            open_tasks.append(task)
            waiting.put(task)

    threads = min(THREADS, sum(task.size for task in tasks))
    for _ in range(threads):
        # Daemons: one that hangs in a system call must not keep the command from ending.
        threading.Thread(target=_work, args=(waiting, ended), daemon=True).start()
    start(tasks)
    try:
        while open_tasks:
            try:
                task, result = ended.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                yield from (Done(task, _given_up(task, patience_s)) for task in open_tasks)
                break
            open_tasks.remove(task)
            if isinstance(result, Exception):
                bug = bug or result
                continue
            if result is None or result.verdict != "failed" or result.soft:
                start(task.then)
            yield Done(task, result)
    finally:
        _send_home(waiting, threads)
    if bug is not None:
        raise bug


def _send_home(waiting: queue.SimpleQueue[Task | None], threads: int) -> None:
    """What has not begun never does, also when the caller was interrupted."""
    with suppress(queue.Empty):
        while True:
            waiting.get_nowait()
    for _ in range(threads):
        waiting.put(None)


def _work(
    waiting: queue.SimpleQueue[Task | None],
    ended: queue.SimpleQueue[tuple[Task, Finding | Exception | None]],
) -> None:
    while (task := waiting.get()) is not None:
        try:
            ended.put((task, task.run()))
        except LlmdeployError as error:
            ended.put((task, _unanswered(task, error)))
        except Exception as error:  # noqa: BLE001 - raised again by run_tasks
            ended.put((task, error))


def _unanswered(task: Task, error: LlmdeployError) -> Finding:
    # What only could not be looked at may be fine all the same, unless `up` needs the answer itself.
    soft = isinstance(error, Denied | NoAnswer) and task.check not in _NEEDED
    return Finding(task.where, task.check, task.needs, error.problem, "failed", error.mend, soft=soft)


def _given_up(task: Task, patience_s: float) -> Finding:
    return _unanswered(task, NoAnswer("whoever was asked", f"nothing in {patience_s:g} s"))
