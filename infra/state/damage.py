"""A state file that Pulumi can no longer read, and the backups that Pulumi kept of it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from llmdeploy.infra.errors import StackMissing, StateDamaged
from llmdeploy.infra.state.backend import Backend


@dataclass(frozen=True, slots=True)
class StateBackup:
    """A copy of the state that Pulumi made. `resources` is how many it holds."""

    file: Path
    saved: datetime
    resources: int


def state_file(backend: Backend, project: str, stack: str) -> Path | None:
    """Where a file:// backend keeps the stack's state; None for other backends."""
    folder = backend.folder
    return folder / ".pulumi" / "stacks" / project / f"{stack}.json" if folder else None


def check_state(backend: Backend, project: str, stack: str) -> None:
    """Look whether the state file is whole.

    Raises:
        StateDamaged: names the file, and the newest backup that is whole.
    """
    file = state_file(backend, project, stack)
    if file is None or not file.exists():
        return
    reason = damage(file)
    if reason is None:
        return
    backups = state_backups(backend, project, stack)
    mend = (
        f"restore the copy of {backups[0].saved:%Y-%m-%d %H:%M:%S} ({backups[0].resources} resources) with "
        f"`cp {backups[0].file} {file}`, then run the same command again"
        if backups
        else f"no whole backup is left: restore {file} from your own, or move it away and remove what runs"
    )
    raise StateDamaged(f"the state file {file} is damaged: {reason}", mend)


def state_backups(backend: Backend, project: str, stack: str) -> tuple[StateBackup, ...]:
    """Whole copies of the stack's state, newest first: those beside it, and those of every update."""
    file = state_file(backend, project, stack)
    if file is None:
        return ()
    kept = (backend.folder or file.parent) / ".pulumi" / "backups" / project / stack
    candidates = [file.with_name(f"{file.name}.bak"), kept_aside(file), *kept.glob(f"{stack}.*.json")]
    whole = [
        StateBackup(each, datetime.fromtimestamp(each.stat().st_mtime).astimezone(), _resources(each))
        for each in candidates
        if each.exists() and damage(each) is None
    ]
    return tuple(sorted(whole, key=lambda backup: backup.saved, reverse=True))


def restore_state(backend: Backend, project: str, stack: str) -> StateBackup:
    """Put the newest whole backup in the place of the damaged state, which is kept as `.damaged` beside it.

    Raises:
        StateDamaged: there is no whole backup.
        StackMissing: there is nothing to restore.
    """
    file = state_file(backend, project, stack)
    if file is None or not file.exists():
        raise StackMissing(stack)
    backups = state_backups(backend, project, stack)
    if not backups:
        check_state(backend, project, stack)
        raise StateDamaged(f"{file} has no backup", "nothing to restore")
    shutil.copy2(file, file.with_suffix(".json.damaged"))
    beside = file.with_suffix(".json.restored")
    shutil.copy2(backups[0].file, beside)
    beside.replace(file)
    return backups[0]


def kept_aside(file: Path) -> Path:
    """Where guarded_state keeps the state as it was before a run."""
    return file.with_name(f"{file.name}.before")


def damaged_locks(backend: Backend, project: str, stack: str) -> tuple[Path, ...]:
    """Pulumi's lock files of the stack that name no holder: empty ones, also half moved, from a full disk."""
    folder = backend.folder
    if folder is None:
        return ()
    locks = (folder / ".pulumi" / "locks" / "organization" / project / stack).glob("*")
    return tuple(lock for lock in locks if lock.stat().st_size == 0)


def forget_damaged_attributes(backend: Backend, project: str, stack: str) -> None:
    """Remove the attributes beside the state (`.attrs`: content type, checksum) when they are cut short.

    Pulumi writes them in place, so an engine killed as it saves leaves them empty and then calls the whole
    state unreadable (`failed to load checkpoint: EOF`). Without them it reads the state as it is.
    """
    file = state_file(backend, project, stack)
    if file is None:
        return
    attributes = file.with_name(f"{file.name}.attrs")
    try:
        json.loads(attributes.read_bytes())
    except FileNotFoundError:
        return
    except ValueError:
        attributes.unlink(missing_ok=True)


def damage(file: Path) -> str | None:
    """Why the file is not a checkpoint; None when it is one."""
    try:
        content = json.loads(file.read_text())
    except (OSError, UnicodeDecodeError) as error:
        return str(error)
    except json.JSONDecodeError as error:
        return f"not JSON at line {error.lineno}, column {error.colno} ({file.stat().st_size} bytes)"
    if not isinstance(content, dict) or not isinstance(content.get("checkpoint"), dict):
        return "not a Pulumi checkpoint"
    return None


def _resources(file: Path) -> int:
    latest = json.loads(file.read_text())["checkpoint"].get("latest") or {}
    return len(latest.get("resources") or ())
