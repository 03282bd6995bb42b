"""What happens while the engine works, as plain data for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Operation = Literal["preview", "up", "refresh", "destroy"]

Op = Literal["same", "create", "update", "replace", "delete", "read", "refresh", "discard", "import"]
"""What a step does. `replace` is the creation of the successor; the removal of the predecessor is a
`delete` with `replaced` set."""

ChangeKind = Literal["add", "update", "delete", "replace"]

SECRET = "[secret]"  # noqa: S105
"""Stands where a secret value would be; the secret itself never reaches an event."""

UNKNOWN = "[unknown]"
"""Stands where a value is known only after `up`."""


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One property that differs. `before` and `after` are JSON values; None where there was or will be none.

    `kind` is `replace` when the change makes a new resource, be the property added, updated or deleted.
    """

    path: str
    kind: ChangeKind
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the engine does to one resource."""

    op: Op
    type: str
    """Pulumi's type token: `llmdeploy:local:Replica`."""
    name: str
    urn: str
    parent: str = ""
    """URN of the component it belongs to; empty for the stack itself."""
    changes: tuple[PropertyChange, ...] = ()
    replaced: bool = False
    """A `delete` of the predecessor of a resource that is being replaced."""
    gone: bool = False
    """A `refresh` that did not find the resource any more."""
    component: bool = False
    """A grouping without anything behind it: no process, no cloud resource."""


@dataclass(frozen=True, slots=True)
class StepPlanned:
    """Preview: this is what `up` would do."""

    step: Step


@dataclass(frozen=True, slots=True)
class StepStarted:
    """The provider is at work."""

    step: Step


@dataclass(frozen=True, slots=True)
class StepDone:
    """The resource is as it should be. Of a refresh, `step.changes` and `step.gone` are the drift found."""

    step: Step
    seconds: float


@dataclass(frozen=True, slots=True)
class StepFailed:
    """The provider gave up; `message` is what it said."""

    step: Step
    seconds: float
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A message of a provider or of the engine.

    `ephemeral` messages are progress ("replica a-0: loading, 12 s"): show the last one, keep none.
    """

    severity: Literal["debug", "info", "warning", "error"]
    message: str
    type: str = ""
    name: str = ""
    urn: str = ""
    ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Said by the runner itself: it waits for another run to finish, removed a dead lock, …"""

    message: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Resources by what was (or would be) done to them. The stack itself is not counted."""

    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    same: int = 0

    @property
    def changed(self) -> int:
        """How many are not as they were."""
        return self.create + self.update + self.replace + self.delete


@dataclass(frozen=True, slots=True)
class Summary:
    """The last event of every operation, also of a failed or interrupted one."""

    operation: Operation
    stack: str
    counts: Counts
    failed: int
    seconds: float
    interrupted: bool = False


Event: TypeAlias = StepPlanned | StepStarted | StepDone | StepFailed | Diagnostic | Note | Summary

EventSink: TypeAlias = Callable[[Event], None]
"""Called from another thread than the caller's, one event at a time."""


def ignore(event: Event) -> None:
    """A sink for callers that want no events."""
