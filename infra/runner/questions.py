"""What can be asked of a stack without changing it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from llmdeploy.infra.runner.events import Counts
from llmdeploy.infra.runner.result import HistoryEntry
from llmdeploy.infra.runner.session import Session


def outputs(session: Session, show_secrets: bool) -> dict[str, Any]:
    """See Runner.outputs."""
    secrets = ("--show-secrets",) if show_secrets else ()
    found: dict[str, Any] = json.loads(
        session.ask("stack", "output", "--json", *secrets, "--stack", session.stack)
    )
    return found


def export(session: Session) -> dict[str, Any]:
    """See Runner.export."""
    found: dict[str, Any] = json.loads(session.ask("stack", "export", "--stack", session.stack))
    return found


def history(session: Session, limit: int) -> tuple[HistoryEntry, ...]:
    """See Runner.history."""
    page = ("--page-size", str(limit), "--page", "1")
    text = session.ask("stack", "history", "--json", *page, "--stack", session.stack)
    return tuple(map(_entry, json.loads(text) or ()))


def stacks(session: Session) -> tuple[str, ...]:
    """See Runner.stacks."""
    return tuple(
        each["name"].rsplit("/", 1)[-1] for each in json.loads(session.ask("stack", "ls", "--json")) or ()
    )


def _entry(found: Mapping[str, Any]) -> HistoryEntry:
    changes = found.get("resourceChanges") or {}
    return HistoryEntry(
        operation={"update": "up"}.get(found["kind"], found["kind"]),
        result=found["result"],
        started=datetime.fromisoformat(found["startTime"]),
        ended=datetime.fromisoformat(found["endTime"]) if found.get("endTime") else None,
        message=found.get("message", ""),
        counts=Counts(**{key: changes[key] for key in Counts.__slots__ if key in changes}),
    )
