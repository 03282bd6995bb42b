"""One engine run from its first event to a result or one of our errors."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from pulumi.automation import CommandError
from pulumi.automation.errors import ConcurrentUpdateError, StackNotFoundError

from llmdeploy.infra.errors import Interrupted, NotReviewed, ProgramFailed, ResourcesFailed
from llmdeploy.infra.runner.collection import without_collection
from llmdeploy.infra.runner.events import Operation, Summary
from llmdeploy.infra.runner.quiet import send_no_debug_messages
from llmdeploy.infra.runner.result import RunResult
from llmdeploy.infra.runner.session import Session
from llmdeploy.infra.runner.translate import Translator
from llmdeploy.infra.runner.workspace import ThriftyStack
from llmdeploy.infra.state.guard import guarded_state
from llmdeploy.serving.errors import LlmdeployError

EngineCall: TypeAlias = Callable[[ThriftyStack, Translator], Any]


def run(session: Session, operation: Operation, call: EngineCall, unclean: bool = False) -> RunResult:
    """Let the engine do it and say what came of it.

    Raises:
        StackNotFoundError: for the caller, who knows whether the stack may be made.
        LlmdeployError: everything else, but what the sink itself raised.
    """
    events = Translator(session.on_event, refreshing=operation == "refresh")
    session = replace(session, on_event=events.emit, program=_remembering(session, events))
    begun = time.monotonic()
    try:
        with (
            guarded_state(session.backend, session.project, session.stack, session.note),
            without_collection(),
        ):
            session.run(lambda stack: call(stack, events), unclean)
    except StackNotFoundError:
        raise
    except CommandError as error:
        _summarise(session, operation, events, begun)
        raise _failure(session, operation, events, error) from None
    _summarise(session, operation, events, begun)
    if events.sink_error is not None:
        raise events.sink_error
    if session.command.interrupted:
        raise _interrupted(session, operation)
    return RunResult(
        operation=operation,
        stack=session.stack,
        counts=events.counts,
        seconds=time.monotonic() - begun,
        steps=tuple(events.steps),
        drift=tuple(events.drift),
        outputs=events.outputs,
        outputs_before=events.outputs_before,
    )


def _remembering(session: Session, events: Translator) -> Callable[[], None] | None:
    """The program, with an error of ours that it raises kept as it is: the engine passes on only its text."""
    program = session.program
    if program is None:
        return None

    def remembering() -> None:
        send_no_debug_messages()
        try:
            program()
        except LlmdeployError as error:
            events.raised = error
            raise

    return remembering


def _summarise(session: Session, operation: Operation, events: Translator, begun: float) -> None:
    events.emit(
        Summary(
            operation=operation,
            stack=session.stack,
            counts=events.counts,
            failed=len(events.failures),
            seconds=time.monotonic() - begun,
            interrupted=session.command.interrupted,
        )
    )


def _failure(
    session: Session, operation: Operation, events: Translator, error: CommandError
) -> LlmdeployError:
    """What explains the most: the user stopped it, resources failed, the program did, the engine did."""
    if session.command.interrupted:
        return _interrupted(session, operation)
    if events.unsaved is not None:
        return session.explain(events.unsaved)
    if events.refused:
        return NotReviewed(session.stack, events.refused, partly=bool(events.counts.changed))
    if events.failures:
        partly = bool(events.counts.changed + events.counts.same)
        return ResourcesFailed(session.stack, events.failures, partly and operation != "preview")
    if events.raised is not None:
        return events.raised
    if events.program_error is not None:
        return ProgramFailed(session.stack, *events.program_error)
    if events.errors and not isinstance(error, ConcurrentUpdateError):
        return session.explain("\n".join(events.errors))
    return session.explained(error)


def _interrupted(session: Session, operation: Operation) -> Interrupted:
    return Interrupted(
        f"{operation} of stack {session.stack} was interrupted; what was done is saved",
        "run the same command again to go on, or `llmdeploy destroy` to remove what is there",
    )
