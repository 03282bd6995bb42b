"""The limits that Linux control groups, version 1 or 2, set for this process: a container's are here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def cpu_limit(root: Path) -> float | None:
    """CPUs' worth of time that this process may use; None without a limit.

    Args:
        root: where `/proc` and `/sys` are looked for.
    """
    limits = [*map(_quota_v2, _groups(root, "")), *map(_quota_v1, _groups(root, "cpu"))]
    return min((limit for limit in limits if limit is not None), default=None)


def memory_limit(root: Path) -> int | None:
    """Bytes of memory that this process may use; None without a limit."""
    texts = [
        *(_text(group / "memory.max") for group in _groups(root, "")),
        *(_text(group / "memory.limit_in_bytes") for group in _groups(root, "memory")),
    ]
    return min((int(text) for text in texts if text.strip().isdigit()), default=None)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """This process's group and all above it, each of which may set a limit. Version 2 has no controller."""
    top = root / "sys/fs/cgroup" / controller
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            folder = top / path.lstrip("/")
            yield from (folder, *(parent for parent in folder.parents if parent.is_relative_to(top)))


def _quota_v2(group: Path) -> float | None:
    """`cpu.max`: time allowed in each period, both in microseconds, or `max`."""
    match _text(group / "cpu.max").split():
        case [allowed, period] if allowed.isdigit():
            return int(allowed) / int(period)
    return None


def _quota_v1(group: Path) -> float | None:
    """The same in two files; -1 for no limit."""
    allowed, period = _text(group / "cpu.cfs_quota_us").strip(), _text(group / "cpu.cfs_period_us").strip()
    return int(allowed) / int(period) if allowed.isdigit() and period.isdigit() else None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
