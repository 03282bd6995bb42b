"""kill -9 of the command at each of its moves, while clients ask; then `--resume`."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import Any

from bench.rollout.clients import Seen, clients
from bench.rollout.world import Lines, World

LONGEST_S = 600.0
IN_THE_UPDATE_S = 0.8
"""After a move was told: its update of the stack is under way then."""


@dataclass(frozen=True)
class Killed:
    """The moves in which the command was killed, and what clients saw until the last one had finished."""

    moves: tuple[str, ...]
    seen: Seen


def killed_at_every_move(world: World) -> Killed:
    """Kill the command in each move in turn, resume, and let it finish in the end.

    Raises:
        RuntimeError: it ends with an error, or not at all.
    """
    killed: list[str] = []
    with clients(world.outputs) as seen:
        arguments: tuple[str, ...] = ("--yes",)
        while (move := _run_until_killed(world, arguments, killed)) is not None:
            killed.append(move)
            arguments = ("--resume",)
        time.sleep(1)
    return Killed(tuple(killed), seen)


def _run_until_killed(world: World, arguments: tuple[str, ...], killed: list[str]) -> str | None:
    """The move in which it was killed; None when it has ended by itself.

    Raises:
        RuntimeError: it has ended with an error.
    """
    process = world.begin(*arguments)
    lines = Lines(process)
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        fresh = [what for what in map(_move, list(lines.events)) if what and what not in killed]
        if fresh:
            time.sleep(IN_THE_UPDATE_S)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            return fresh[0]
        if process.poll() is not None:
            lines.join(5)
            if process.returncode:
                raise RuntimeError(f"ended with {process.returncode}: {lines.events[-1:]}")
            return None
        time.sleep(0.02)
    raise RuntimeError(f"no end after {LONGEST_S:g} s")


def _move(event: dict[str, Any]) -> str | None:
    return str(event["what"]) if event.get("event") == "moving" else None
