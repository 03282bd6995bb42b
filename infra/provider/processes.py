"""Finding and ending the processes of a run folder, whether or not anything still supervises them.

Every program carries a mark in its environment that names its folder, itself and its configuration, so it
is found after supervisord has died, its children too, and a reused pid is never taken for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

MARK = "LLMDEPLOY_PROGRAM"


@dataclass(frozen=True, slots=True)
class Mark:
    """Who a process is: the folder and name of its program, and the digest of the configuration it started
    with.
    """

    folder: Path
    name: str
    config: str

    def __str__(self) -> str:
        return f"{self.folder}#{self.name}#{self.config}"

    @classmethod
    def parse(cls, text: str) -> Mark | None:
        """The mark that `str` wrote, or None when the text is none."""
        parts = text.rsplit("#", 2)
        return cls(Path(parts[0]), parts[1], parts[2]) if len(parts) == 3 else None


def marked_processes(root: Path) -> Iterator[tuple[psutil.Process, Mark]]:
    """The living processes of programs whose folder is `root` or lies in it."""
    for process in psutil.process_iter():
        mark = mark_of(process)
        if mark and (mark.folder == root or root in mark.folder.parents) and alive(process):
            yield process, mark


def mark_of(process: psutil.Process) -> Mark | None:
    """The mark of a process, or None when it has none or may not be asked."""
    try:
        text = process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None
    return Mark.parse(text) if text else None


def supervisors(root: Path) -> Iterator[tuple[psutil.Process, Path]]:
    """The living supervisords whose configuration lies in `root` or below, each with its folder."""
    for process in psutil.process_iter():
        try:
            command = process.cmdline()
        except (psutil.Error, OSError):
            continue
        if "supervisor.supervisord" not in command or command[-2:-1] != ["-c"]:
            continue
        folder = Path(command[-1]).parent
        if (folder == root or root in folder.parents) and alive(process):
            yield process, folder


def alive(process: psutil.Process) -> bool:
    """Whether the process still runs; one that waits to be reaped does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end_processes(processes: Iterable[psutil.Process], grace_s: float) -> None:
    """Ask the processes to end, and kill those that have not after `grace_s` seconds. Returns when all are
    gone.
    """
    waiting = [process for process in processes if alive(process)]
    for process in waiting:
        _send(process, "terminate")
    resume(waiting)
    waiting = _wait(waiting, grace_s)
    for process in waiting:
        _send(process, "kill")
    _wait(waiting, timeout_s=10)


def resume(processes: Iterable[psutil.Process]) -> None:
    """Let suspended processes go on: until then they act on no request to end."""
    for process in processes:
        _send(process, "resume")


def _send(process: psutil.Process, signal: str) -> None:
    try:
        getattr(process, signal)()
    except psutil.NoSuchProcess:
        return


def _wait(processes: list[psutil.Process], timeout_s: float) -> list[psutil.Process]:
    deadline = time.monotonic() + timeout_s
    while processes and time.monotonic() < deadline:
        processes = [process for process in processes if alive(process)]
        if processes:
            time.sleep(0.02)
    return processes
