"""Where a rollout is, and what it has told so far."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.render.console import console
from llmdeploy.cli.rollouts.folder import is_running, journal_of

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.cli.rollouts.intent import Intent
    from llmdeploy.serving.rollout.record import Record


def show_status(deployment: Deployment, intent: Intent, *, as_json: bool) -> int:
    """The present rollout, else how the last one ended. Returns the exit code."""
    record, running = intent.record, is_running(deployment.home, deployment.stack)
    last = record.rollout or record.ended
    told = journal_of(deployment.home, deployment.stack, last).read() if last else []
    if as_json:
        document = {**_data(record), "running": running, "events": told}
        click.echo(json.dumps({"stack": deployment.stack, **document}, indent=2, ensure_ascii=False))
        return exit_codes.OK
    out = console()
    if record.rollout is not None:
        progress = record.rollout
        state = "is paused" if progress.paused else "runs" if running else "stands: no command here runs it"
        out.print(f"rollout to revision {progress.number} ({progress.strategy}) {state}", style="bold")
        out.print(progress.describe())
    elif record.ended is not None:
        from llmdeploy.cli.render.rollout import show_ended

        show_ended(record.ended, out)
    else:
        out.print("no rollout so far")
    for event in told:
        if event.get("event") == "judged":
            verdict = event["verdict"]
            out.print(
                f"  {event['region']} at {event['percent']} %: {verdict['decision']}, "
                f"{verdict['explanation']}",
                soft_wrap=True,
            )
    return exit_codes.OK


def show_asked(record: Record, spec: str, *, as_json: bool) -> int:
    """What came of a wish. Returns the exit code."""
    if as_json:
        click.echo(json.dumps({"ok": True, **_data(record)}))
        return exit_codes.OK
    from llmdeploy.cli.render.rollout import show_ended, show_waiting

    if record.rollout is not None:
        show_waiting(record.rollout, spec, console())
    elif record.ended is not None:
        show_ended(record.ended, console())
    return exit_codes.OK


def _data(record: Record) -> dict[str, Any]:
    rollout = record.rollout.model_dump(mode="json", exclude={"target"}) if record.rollout else None
    if record.rollout is not None and rollout is not None:
        rollout |= {"now": record.rollout.describe(), "regions": list(record.rollout.regions)}
    return {
        "revision": record.revision,
        "rollout": rollout,
        "ended": record.ended.model_dump(mode="json") if record.ended else None,
    }
