"""Pulumi's engine events become ours: secrets masked, the engine's own noise dropped."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING, Any, Literal, cast

from llmdeploy.infra.errors import ResourceFailure
from llmdeploy.infra.runner.events import (
    Counts,
    Diagnostic,
    Event,
    EventSink,
    Step,
    StepDone,
    StepFailed,
    StepPlanned,
    StepStarted,
)
from llmdeploy.infra.runner.messages import provider_message
from llmdeploy.infra.runner.plan_refusal import plan_refusal
from llmdeploy.infra.runner.properties import mask
from llmdeploy.infra.runner.steps import PROVIDER_PREFIX, STACK_TYPE, step_of, type_and_name
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from pulumi.automation.events import DiagnosticEvent, EngineEvent, StepEventMetadata

_Severity = Literal["debug", "info", "warning", "error"]

# Said by the engine about itself, of no use to whoever deploys.
_NOISE = re.compile(r"^using pulumi-(resource|language)-\S+ from \$PATH at ")
# The engine could not save the state: no fault of the resource that it was about to work on.
_UNSAVED = re.compile(r"failed to save snapshot|^(pre|post)-step event returned an error")
# Follows the message of the resource or program that really failed.
_ECHO = re.compile(
    r"^(update|preview|refresh|destroy) (failed|canceled)$|^resource registration failed|"
    r"^an unhandled error occurred: "
)
_PROGRAM_ERROR = re.compile(
    r"^python inline source runtime error: (?P<what>.*?)\n(?P<traceback>Traceback .*)", re.DOTALL
)

_COUNTED = {"create-replacement": "replace"} | {op: op for op in ("create", "update", "delete", "same")}


class Translator:
    """Turns the events of one run into ours and remembers what the result needs. Thread-safe.

    Args:
        refreshing: the run only looks: its updates and deletions are drift that was found.

    Attributes:
        steps: what was done or planned, without what stayed the same.
        drift: what a refresh found different.
        outputs: the stack's outputs, masked.
        failures: resources that failed, in order.
        errors: errors that belong to no resource.
        refused: what the update plan did not allow, a line each.
        unsaved: why the engine could not save the state, None when it could.
        program_error: what the program raised and its traceback, None when it did not.
        raised: an error of ours that the program raised.
        sink_error: what the sink raised; it gets no further events after that.
    """

    def __init__(self, sink: EventSink, refreshing: bool = False) -> None:
        self._given_sink = sink
        self._refreshing = refreshing
        self._lock = threading.RLock()
        self._begun: dict[tuple[str, str], float] = {}
        self._said: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}
        self._failed: dict[str, ResourceFailure] = {}
        self.steps: list[Step] = []
        self.drift: list[Step] = []
        self.outputs: dict[str, Any] = {}
        self.outputs_before: dict[str, Any] = {}
        self.errors: list[str] = []
        self.refused: list[str] = []
        self.unsaved: str | None = None
        self.program_error: tuple[str, str] | None = None
        self.raised: LlmdeployError | None = None
        self.sink_error: Exception | None = None

    @property
    def counts(self) -> Counts:
        """Resources by what was done to them so far. Components only hold others together: not counted."""
        return Counts(**self._counts)

    @property
    def failures(self) -> tuple[ResourceFailure, ...]:
        """Resources that failed, in the order in which they failed."""
        return tuple(self._failed.values())

    def __call__(self, event: EngineEvent) -> None:
        """Take one engine event; calls the sink for each of ours that comes of it."""
        with self._lock:
            if event.diagnostic_event:
                self._diagnostic(event.diagnostic_event)
            elif event.resource_pre_event:
                self._before(event.resource_pre_event.metadata, bool(event.resource_pre_event.planning))
            elif event.res_outputs_event:
                self._after(event.res_outputs_event.metadata, bool(event.res_outputs_event.planning))
            elif event.res_op_failed_event:
                self._gave_up(event.res_op_failed_event.metadata)

    def emit(self, event: Event) -> None:
        """Send an event of the runner's own, in turn with the engine's."""
        with self._lock:
            self._sink(event)

    def _sink(self, event: Event) -> None:
        # The Automation API would swallow it.
        if self.sink_error is None:
            try:
                self._given_sink(event)
            except Exception as error:  # noqa: BLE001
                self.sink_error = error

    def _before(self, metadata: StepEventMetadata, planning: bool) -> None:
        step = step_of(metadata, self._refreshing)
        if step is None:
            return
        self._begun[step.urn, metadata.op.value] = time.monotonic()
        if not planning and step.op != "same":
            self._sink(StepStarted(step))

    def _after(self, metadata: StepEventMetadata, planning: bool) -> None:
        if metadata.type == STACK_TYPE:
            self._stack_outputs(metadata)
        step = step_of(metadata, self._refreshing)
        if step is None:
            return
        self._count(metadata.op.value, step)
        if step.op == "refresh":
            self._refreshed(step)
        elif step.op != "same":
            self.steps.append(step)
        self._sink(StepPlanned(step) if planning else StepDone(step, self._seconds(metadata)))

    def _stack_outputs(self, metadata: StepEventMetadata) -> None:
        if metadata.new is not None:
            self.outputs = mask(metadata.new.outputs or {})
        # A stack is told of several times; only once with what was.
        if metadata.old is not None and metadata.old.outputs:
            self.outputs_before = mask(metadata.old.outputs)

    def _refreshed(self, step: Step) -> None:
        if step.gone or step.changes:
            self.drift.append(step)

    def _gave_up(self, metadata: StepEventMetadata) -> None:
        step = step_of(metadata, self._refreshing)
        if step is None or self.unsaved is not None:
            return
        message = "\n".join(self._said.pop(step.urn, [])) or "the provider gave no reason"
        self._failed[step.urn] = ResourceFailure(step.type, step.name, step.urn, message)
        self._sink(StepFailed(step, self._seconds(metadata), message))

    def _diagnostic(self, event: DiagnosticEvent) -> None:
        text = event.message.rstrip("\n")
        # Debug messages hold the values of secrets in clear.
        if event.severity == "debug" or not text or _NOISE.match(text):
            return
        urn = event.urn or ""
        kind, name = type_and_name(urn)
        if event.severity == "error":
            if _ECHO.match(text):
                return
            if raised := _PROGRAM_ERROR.match(text):
                self.program_error = (raised["what"], raised["traceback"])
                return
            text = self._refused(kind, name, text) or provider_message(text)
            self._remember_error(urn, kind, name, text)
            if self._under_way(urn):
                return
        severity = "info" if event.severity.startswith("info") else event.severity
        self._sink(Diagnostic(cast(_Severity, severity), text, kind, name, urn, bool(event.ephemeral)))

    def _refused(self, kind: str, name: str, text: str) -> str | None:
        reason = plan_refusal(text)
        if reason is not None:
            self.refused.append(f"{name} ({kind}): {reason}" if name else reason)
        return reason

    def _remember_error(self, urn: str, kind: str, name: str, text: str) -> None:
        if _UNSAVED.search(text):
            self.unsaved = text
            return
        if not urn or kind == STACK_TYPE or kind.startswith(PROVIDER_PREFIX):
            self.errors.append(text)
            return
        said = self._said.setdefault(urn, [])
        said.append(text)
        # A failed check has no step: its diagnostic is all there is.
        self._failed[urn] = ResourceFailure(kind, name, urn, "\n".join(said))

    def _under_way(self, urn: str) -> bool:
        """A step is at work on the resource: its StepFailed will say what its diagnostics say."""
        return any(begun == urn for begun, _ in self._begun)

    def _count(self, op: str, step: Step) -> None:
        counted = _COUNTED.get(op)
        if counted and not step.replaced and not step.component:
            self._counts[counted] = self._counts.get(counted, 0) + 1

    def _seconds(self, metadata: StepEventMetadata) -> float:
        begun = self._begun.pop((metadata.urn, metadata.op.value), None)
        return time.monotonic() - begun if begun is not None else 0.0
