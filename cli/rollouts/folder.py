"""Where the rollouts of a stack are kept on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llmdeploy.infra.home import Home
from llmdeploy.infra.rollout.journal import Journal
from llmdeploy.infra.rollout.wish import Wishes
from llmdeploy.serving.rollout.progress import Ended, Progress


def folder_of(home: Home, stack: str) -> Path:
    """Journals and wishes."""
    return home.root / "rollouts" / stack


def journal_of(home: Home, stack: str, rollout: Progress | Ended) -> Journal:
    """What that rollout has told."""
    return Journal(folder_of(home, stack) / f"{rollout.number}-{rollout.begun}.jsonl")


def cut_off(home: Home, stack: str, number: int) -> Journal | None:
    """What the last try of that revision has told, where its command was killed; None: it ended."""
    tries = sorted(folder_of(home, stack).glob(f"{number}-*.jsonl"), key=lambda file: file.stat().st_mtime)
    journal = Journal(tries[-1]) if tries else None
    return journal if journal is not None and journal.unfinished else None


def wishes_of(home: Home, stack: str) -> Wishes:
    """What other commands ask the running one for."""
    return Wishes(folder_of(home, stack))


@contextmanager
def alone(home: Home, stack: str) -> Iterator[None]:
    """Hold the stack's rollout while the block runs.

    Raises:
        StackLocked: another command does.
    """
    from llmdeploy.infra.runner.lock import stack_lock

    with stack_lock(home.locks, f"{stack}.rollout"):
        yield


def is_running(home: Home, stack: str) -> bool:
    """Whether a command on this machine is at work on a rollout of the stack."""
    from llmdeploy.infra.runner.lock import at_work

    return bool(at_work(home.locks, f"{stack}.rollout"))
