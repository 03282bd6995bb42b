"""What runs in a deployment's folder, seen from outside, without the Pulumi engine or its state."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from llmdeploy.infra.provider import files, processes, program_files, programs, supervisord

GATEWAY = "gateway"
"""The folder of the gateway (stacks.names.GATEWAY, which infra's plugin cannot see)."""
STOP_GRACE_S = 3.0


@dataclass(frozen=True, slots=True)
class DeploymentProcess:
    """A program of a deployment.

    Args:
        region: `local/a`; `gateway` for the gateway.
        replica: the program's name: `a-0`, `envoy`.
        pid: of its main process; None when it does not run.
        ports: where it listens, by purpose: `http` for a replica, the entry's region for the gateway.
        supervisor: pid of the supervisord that keeps it alive; None when none does.
        status: as in the provider's outputs: `running`, `suspended`, `crashing`, `stopped`, …
    """

    region: str
    replica: str
    pid: int | None
    ports: dict[str, int]
    supervisor: int | None
    status: str

    @property
    def port(self) -> int | None:
        """The port of a replica, or of the gateway's first entry."""
        return next(iter(self.ports.values()), None)


def deployment_processes(run_dir: Path) -> list[DeploymentProcess]:
    """The replicas of a deployment, in the order of their regions and names."""
    return [found for found in _programs(run_dir) if found.region != GATEWAY]


def gateway_process(run_dir: Path) -> DeploymentProcess | None:
    """The gateway of a deployment, None when its folder has none."""
    return next((found for found in _programs(run_dir) if found.region == GATEWAY), None)


def sweep(run_dir: Path) -> int:
    """End every process of a run folder and remove the folder, whatever state it is in. Returns how many it
    ended.

    For what the engine does not know of: interrupted creates, a lost state.
    """
    watchers = list(processes.supervisors(run_dir))
    for process, _ in watchers:
        # Killed first and for good: it would start anew what is ended under it.
        process.kill()
    left = [process for process, _ in processes.marked_processes(run_dir)]
    processes.end_processes([process for process, _ in watchers], STOP_GRACE_S)
    processes.end_processes(left, STOP_GRACE_S)
    for folder in (*_folders(run_dir), *(folder for _, folder in watchers)):
        files.remove_socket_folder(folder)
    shutil.rmtree(run_dir, ignore_errors=True)
    return len(watchers) + len(left)


def _programs(run_dir: Path) -> list[DeploymentProcess]:
    watchers = {folder: process.pid for process, folder in processes.supervisors(run_dir)}
    return [
        _program(folder, path.stem, watchers.get(folder))
        for folder in _folders(run_dir)
        for path in sorted((folder / supervisord.PROGRAMS).glob("*.json"))
    ]


def _program(folder: Path, name: str, supervisor: int | None) -> DeploymentProcess:
    sight = programs.look(folder, name)
    region = folder.name if folder.name == GATEWAY else f"local/{folder.name}"
    return DeploymentProcess(
        region, name, sight.pid, program_files.ports_on_disk(folder, name), supervisor, sight.status
    )


def _folders(run_dir: Path) -> list[Path]:
    return sorted(path.parent for path in run_dir.glob(f"*/{supervisord.PROGRAMS}"))
