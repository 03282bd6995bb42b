"""The processes that a fault hits. Finding them takes milliseconds; the signals take none."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psutil

from llmdeploy.infra.drill.target import Target
from llmdeploy.infra.provider import processes


@dataclass(frozen=True, slots=True)
class Victims:
    """Processes by what they do: `watchers` would start the `replicas` anew."""

    watchers: tuple[psutil.Process, ...]
    replicas: tuple[psutil.Process, ...]

    def kill(self) -> None:
        """SIGKILL them, the watchers first, so that nothing starts the replicas anew.

        All are stopped before the first one dies, as when a machine is lost: no part of a replica shall see
        another one gone and tell its clients.
        """
        everything = (*self.watchers, *self.replicas)
        _each(everything, psutil.Process.suspend)
        _each(everything, psutil.Process.kill)

    def suspend(self) -> None:
        """SIGSTOP the replicas: they keep their connections and say nothing."""
        _each(self.replicas, psutil.Process.suspend)

    def resume(self) -> None:
        """SIGCONT the replicas."""
        _each(self.replicas, psutil.Process.resume)


def find_victims(target: Target) -> Victims:
    """The living processes of the target: a replica's own and all that it has started; the region's
    supervisord and all that it watches over, when the whole region is meant: also the simulated services that
    stand before its replicas.
    """
    folder = target.region.folder
    watchers = (process for process, _ in processes.supervisors(folder)) if target.whole else ()
    replicas = (
        p for p, mark in processes.marked_processes(folder) if target.whole or mark.name in target.names
    )
    return Victims(tuple(watchers), tuple(replicas))


def _each(found: Iterable[psutil.Process], signal: Callable[[psutil.Process], None]) -> None:
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            signal(process)
