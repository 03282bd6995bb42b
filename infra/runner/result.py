"""What an operation did, in the end."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from llmdeploy.infra.runner.events import Counts, Operation, Step
from llmdeploy.infra.runner.update_plan import UpdatePlan


@dataclass(frozen=True, slots=True)
class RunResult:
    """A finished operation.

    Attributes:
        steps: everything done or planned that is not `same`, in order; not what refresh found.
        drift: resources that refresh found changed or gone; empty without `refresh=True`.
        outputs: the stack's outputs, secret ones as `[secret]` (ask `Runner.outputs` for those); empty for
            destroy, and for refresh unless they changed.
        outputs_before: those of the last `up`, likewise; empty before the first.
        update_plan: of a preview that was asked to keep it.
    """

    operation: Operation
    stack: str
    counts: Counts
    seconds: float
    steps: tuple[Step, ...] = ()
    drift: tuple[Step, ...] = ()
    outputs: dict[str, Any] = field(default_factory=dict)
    outputs_before: dict[str, Any] = field(default_factory=dict)
    update_plan: UpdatePlan | None = None

    def data(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        told = asdict(replace(self, update_plan=None))
        return {name: value for name, value in told.items() if name not in {"outputs_before", "update_plan"}}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One finished operation, as the backend remembers it."""

    operation: str
    result: str
    """`succeeded`, `failed` or `in-progress`."""
    started: datetime
    ended: datetime | None
    message: str
    counts: Counts
    """As Pulumi counts: with the stack itself as one resource."""
