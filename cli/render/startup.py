"""How the start of a replica looks: one line of its budget, or all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmdeploy.cli.render.table import show, table

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.serving.startup.plan import DiskPlan, ProbePlan, StartupPlan


def start_rows(start: StartupPlan | None) -> list[tuple[str, str]]:
    """The budget in one line; nothing where there is none."""
    if start is None:
        return []
    parts = ", ".join(f"{part.name} {part.seconds / 60:.1f}" for part in start.parts)
    line = f"about {start.expected_s / 60:.0f} minutes ({parts}), given up after {start.timeout_s / 60:.0f}"
    return [("start", line)]


def show_start(start: StartupPlan, out: Console) -> None:
    """Each part with what it waits for, the disk, and the limits that follow."""
    show(
        table(
            ("start", "seconds", "limited by", "source"),
            [(part.name, f"{part.seconds:.0f}", part.limited_by, part.source) for part in start.parts],
        ),
        out,
    )
    out.print()
    show(table(None, _limits(start)), out)
    out.print()


def _limits(start: StartupPlan) -> list[tuple[str, str]]:
    return [
        ("disk", _disk(start.disk)),
        ("first pull", f"{start.first_pull_s} s more for a region's first instance, while the cache fills"),
        ("given up", f"after {start.timeout_s} s"),
        ("grace", f"{start.grace_s} s before an instance that is not ready is replaced"),
        ("warm-up", f"{start.warm_up_s} s before its load counts for scaling"),
        ("traffic check", _probe(start.traffic)),
        ("healing check", _probe(start.healing)),
    ]


def _disk(disk: DiskPlan) -> str:
    speed = f"writes {disk.write_mib_s} MiB/s, reads {disk.read_mib_s}"
    return f"{disk.kind}, {disk.data_gib} GiB for {disk.needed_gib}, {speed}: {disk.reason}"


def _probe(probe: ProbePlan) -> str:
    return f"every {probe.interval_s} s, within {probe.timeout_s} s; lost after {probe.lost_after_s} s"
