"""Undoing a fault, by the drill itself or by whoever comes after one that was killed."""

from __future__ import annotations

from pathlib import Path

from llmdeploy.infra.provider import processes, supervisord
from llmdeploy.infra.status.fault_record import FaultRecord, forget, left_behind


def heal_leftovers(run_dir: Path) -> tuple[str, ...]:
    """Undo what a drill that was killed left behind: let suspended replicas go on, start a killed region's
    supervisord as `up` does. Does not wait until its replicas have loaded.

    Returns:
        What was found, one sentence each; none when there was nothing to heal.

    Raises:
        SupervisorFailed: supervisord does not start.
    """
    record = left_behind(run_dir)
    if record is None:
        return ()
    heal(run_dir, record)
    return (f"{record}: it goes on again",)


def heal(run_dir: Path, record: FaultRecord) -> None:
    """Undo a fault. May be repeated.

    Raises:
        SupervisorFailed: supervisord does not start.
    """
    folder = Path(record.folder)
    processes.resume(process for process, _ in processes.marked_processes(folder))
    # It starts every program of the folder, as it does after a restart of the machine.
    supervisord.ensure(folder)
    forget(run_dir)
