"""The note a drill keeps in the run folder while its fault lasts, so that others can tell and heal it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import psutil

from llmdeploy.infra.provider import files

FaultKind = Literal["kill", "hang", "slow"]
"""`kill`: SIGKILL, and nothing starts it anew until the outage is over (one replica alone: as a crash, its
supervisord starts it anew). `hang`: SIGSTOP, it keeps its connections and says nothing. `slow`: it runs a
fifth of the time only."""

_FILE = "drill.json"


@dataclass(frozen=True, slots=True)
class FaultRecord:
    """A fault that is on, and the drill that has to heal it.

    Args:
        folder: the region's.
        replicas: the names of those that are hit.
        pid: of the drill.
        created: when that process started, seconds since the epoch: tells it from a later one with its pid.
    """

    kind: FaultKind
    region: str
    folder: str
    replicas: tuple[str, ...]
    pid: int
    created: float

    def __str__(self) -> str:
        done = {"kill": "killed", "hang": "stopped", "slow": "slowed down"}[self.kind]
        return f"an interrupted drill left {self.region} ({', '.join(self.replicas)}) {done}"


def note(run_dir: Path, kind: FaultKind, region: str, folder: Path, replicas: tuple[str, ...]) -> FaultRecord:
    """Write down a fault that this process is about to make."""
    created = psutil.Process().create_time()
    record = FaultRecord(kind, region, str(folder), replicas, os.getpid(), created)
    files.write_private(run_dir / _FILE, json.dumps(asdict(record)) + "\n")
    return record


def forget(run_dir: Path) -> None:
    """The fault has been healed."""
    (run_dir / _FILE).unlink(missing_ok=True)


def left_behind(run_dir: Path) -> FaultRecord | None:
    """A fault whose drill has ended without healing it."""
    record = _read(run_dir)
    return None if record is None or _lives(record) else record


def _read(run_dir: Path) -> FaultRecord | None:
    try:
        content = json.loads(files.read_text(run_dir / _FILE) or "null")
        return FaultRecord(**{**content, "replicas": tuple(content["replicas"])})
    except (ValueError, TypeError, KeyError):
        # Emptied by a crash of the machine, which no process of the fault has outlived.
        return None


def _lives(record: FaultRecord) -> bool:
    try:
        return psutil.Process(record.pid).create_time() == record.created
    except psutil.NoSuchProcess:
        return False
