"""The four operations, each a list of steps: lock, run the engine, say what came of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from pulumi.automation import CommandError
from pulumi.automation.errors import ConcurrentUpdateError, StackNotFoundError

from llmdeploy.infra.errors import Interrupted, ProgramFailed, ResourcesFailed
from llmdeploy.infra.runner.events import Operation, Summary
from llmdeploy.infra.runner.lock import stack_lock
from llmdeploy.infra.runner.pending import clear_pending, pending_note
from llmdeploy.infra.runner.result import RunResult
from llmdeploy.infra.runner.session import Session
from llmdeploy.infra.runner.translate import Translator
from llmdeploy.infra.runner.workspace import ThriftyStack
from llmdeploy.serving.errors import LlmdeployError

_EngineCall: TypeAlias = Callable[[ThriftyStack, Translator], Any]

_QUIET = {"color": "never", "suppress_outputs": True, "suppress_progress": True}


def preview(session: Session, refresh: bool) -> RunResult:
    """See Runner.preview."""

    def call(stack: ThriftyStack, events: Translator) -> None:
        stack.preview(on_event=events, refresh=refresh, **_QUIET)

    try:
        return _run(session, "preview", call)
    except StackNotFoundError:
        return _preview_new(session, call)


def _preview_new(session: Session, call: _EngineCall) -> RunResult:
    """Of a stack that is not there: against an empty state of its own, so that nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="llmdeploy-preview-") as folder:
        alone = session.elsewhere(Path(folder))
        alone.create()
        return _run(alone, "preview", call)


def up(session: Session, refresh: bool, message: str) -> RunResult:
    """See Runner.up."""

    def call(stack: ThriftyStack, events: Translator) -> None:
        stack.up(on_event=events, refresh=refresh, message=message, **_QUIET)

    with stack_lock(session.locks, session.stack):
        try:
            return _run(session, "up", call)
        except StackNotFoundError:
            session.create()
            return _run(session, "up", call)


def refresh(session: Session, preview_only: bool) -> RunResult:
    """See Runner.refresh."""

    def call(stack: ThriftyStack, events: Translator) -> None:
        if preview_only:
            stack.preview_refresh(on_event=events, **_QUIET)
        else:
            stack.refresh(on_event=events, **_QUIET)

    with stack_lock(session.locks, session.stack):
        return _run_existing(session, "refresh", call)


def destroy(session: Session, preview_only: bool) -> RunResult:
    """See Runner.destroy."""

    def call(stack: ThriftyStack, events: Translator) -> None:
        stack.destroy(on_event=events, preview_only=preview_only, remove=not preview_only, **_QUIET)

    with stack_lock(session.locks, session.stack):
        return _run_existing(session, "destroy", call)
