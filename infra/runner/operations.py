"""The four operations, each a list of steps: lock, run the engine, say what came of it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pulumi.automation.errors import StackNotFoundError

from llmdeploy.infra.runner.events import Operation
from llmdeploy.infra.runner.lock import stack_lock
from llmdeploy.infra.runner.outcome import EngineCall, run
from llmdeploy.infra.runner.result import RunResult
from llmdeploy.infra.runner.session import Session
from llmdeploy.infra.runner.translate import Translator
from llmdeploy.infra.runner.unfinished import made_anew
from llmdeploy.infra.runner.update_plan import UpdatePlan, plan_file, read_plan, write_plan
from llmdeploy.infra.runner.workspace import ThriftyStack

# The engine's own text output is not used: the events say all.
_QUIET: dict[str, Any] = {"color": "never", "suppress_outputs": True, "suppress_progress": True}


def preview(session: Session, refresh: bool, keep_plan: bool) -> RunResult:
    """See Runner.preview."""
    with plan_file(wanted=keep_plan) as file:

        def call(stack: ThriftyStack, events: Translator) -> None:
            anew = [] if keep_plan else made_anew(session, ask=False)
            stack.preview(on_event=events, refresh=refresh, plan=_path(file), replace=anew or None, **_QUIET)

        def previewed(where: Session) -> RunResult:
            result = run(where, "preview", call)
            if file is None:
                return result
            return replace(result, update_plan=read_plan(file, where.folder, where.stack))

        try:
            if not session.is_new():
                return previewed(session)
        except StackNotFoundError:
            pass
        # Against an empty state of its own, so that nothing is left behind.
        with tempfile.TemporaryDirectory(prefix="llmdeploy-preview-") as folder:
            alone = session.elsewhere(Path(folder))
            alone.create()
            return previewed(alone)


def up(
    session: Session,
    refresh: bool,
    message: str,
    keep_going: bool,
    update_plan: UpdatePlan | None,
    targets: Sequence[str] = (),
) -> RunResult:
    """See Runner.up."""
    with (
        plan_file(wanted=update_plan is not None) as file,
        stack_lock(session.locks, session.stack) as unclean,
    ):
        if update_plan is not None and file is not None:
            write_plan(update_plan, file, session.folder, session.stack)

        free = update_plan is None and not targets
        anew = made_anew(session, ask=keep_going) if free else []

        def call(stack: ThriftyStack, events: Translator) -> None:
            stack.up(
                on_event=events,
                refresh=refresh,
                message=message,
                continue_on_error=keep_going,
                plan=_path(file),
                target=list(targets) or None,
                replace=anew or None,
                **_QUIET,
            )

        if session.is_new():
            session.create()
        try:
            return run(session, "up", call, unclean)
        except StackNotFoundError:
            session.create()
            return run(session, "up", call)


def refresh(session: Session, preview_only: bool) -> RunResult:
    """See Runner.refresh."""

    def call(stack: ThriftyStack, events: Translator) -> None:
        if preview_only:
            stack.preview_refresh(on_event=events, **_QUIET)
        else:
            stack.refresh(on_event=events, **_QUIET)

    return _run_existing(session, "refresh", call)


def destroy(session: Session, preview_only: bool) -> RunResult:
    """See Runner.destroy."""

    def call(stack: ThriftyStack, events: Translator) -> None:
        stack.destroy(on_event=events, preview_only=preview_only, remove=not preview_only, **_QUIET)

    return _run_existing(session, "destroy", call)


def _path(file: Path | None) -> str | None:
    return None if file is None else str(file)


def _run_existing(session: Session, operation: Operation, call: EngineCall) -> RunResult:
    with stack_lock(session.locks, session.stack) as unclean:
        try:
            return run(session, operation, call, unclean)
        except StackNotFoundError as error:
            raise session.explained(error) from None
