"""What a stack says of its versions: for the next command, and for a reader."""

from __future__ import annotations

from llmdeploy.serving.rollout.record import Record


def export_record(record: Record | None) -> None:
    """Export the record, the present revision's number, and where a rollout is.

    Args:
        record: None: nobody keeps one, as under plain Pulumi.
    """
    if record is None:
        return
    import pulumi

    pulumi.export("record", record.told())
    pulumi.export("revision", record.revision)
    if record.rollout is not None:
        progress = record.rollout
        pulumi.export(
            "rollout",
            {
                "revision": progress.number,
                "strategy": progress.strategy,
                "regions": list(progress.regions),
                "phase": progress.phase,
                "percent": progress.percent,
                "status": "paused" if progress.paused else "going back" if progress.reason else "under way",
                "now": progress.describe(),
            },
        )
