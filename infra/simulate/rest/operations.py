"""Google's long-running operations, by a clock that may run faster than ours.

An operation has its effect when its time has come and somebody asks for anything: until then nothing of it is
seen. They lie in the store, so that they go on while nobody serves the clouds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from llmdeploy.infra.simulate.store import Store

PACE: Final = "pace"
"""The setting: seconds that pass in an operation while one passes here. 1 where it is not set."""
TYPES: Final = "type.googleapis.com/google.cloud.aiplatform.v1."


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Args:
        name: `projects/P/locations/L/endpoints/E/operations/ID`.
        kind: of its metadata: `DeployModel`.
        what: its arguments, for who carries it out.
        lasts_s: by its own clock.
        error: a google.rpc.Status with which it ends; None: it ends well.
    """

    name: str
    kind: str
    what: Mapping[str, Any]
    lasts_s: float
    began: float
    pace: float
    error: Mapping[str, Any] | None = None
    done: bool = False
    response: Mapping[str, Any] = field(default_factory=dict)

    @property
    def age_s(self) -> float:
        """By its own clock; no more than it lasts."""
        return min(self.lasts_s, (time.time() - self.began) * self.pace)

    @property
    def is_due(self) -> bool:
        """Whether its time has come."""
        return not self.done and self.age_s >= self.lasts_s

    def shown(self) -> dict[str, Any]:
        """As Google answers."""
        times = {"createTime": _stamp(self.began), "updateTime": _stamp(self.began + self.age_s)}
        metadata = {"@type": f"{TYPES}{self.kind}OperationMetadata", "genericMetadata": times}
        found: dict[str, Any] = {"name": self.name, "metadata": metadata}
        if not self.done:
            return found
        ended = {"error": dict(self.error)} if self.error else {"response": dict(self.response)}
        return {**found, "done": True, **ended}


def begin(
    store: Store,
    parent: str,
    kind: str,
    what: Mapping[str, Any],
    lasts_s: float = 0.0,
    error: Mapping[str, Any] | None = None,
) -> Operation:
    """Begin one, of the resource `parent`."""
    pace = float(store.settings().get(PACE, 1.0))
    name = f"{parent}/operations/{uuid4().int % 10**19}"
    made = Operation(name, kind, what, lasts_s, time.time(), pace, error)
    store.put_operation(name, asdict(made))
    return made


def known(store: Store, name: str) -> Operation | None:
    """The operation of that name."""
    value = store.operations().get(name)
    return Operation(**value) if value else None


def under(store: Store, parent: str) -> list[Operation]:
    """Those of a resource, the oldest first."""
    found = (
        Operation(**value) for name, value in store.operations().items() if name.startswith(f"{parent}/op")
    )
    return sorted(found, key=lambda each: each.began)


def end(store: Store, operation: Operation, **changes: Any) -> None:
    """Keep that it has ended."""
    store.put_operation(operation.name, {**asdict(operation), **changes, "done": True})


def carry_out(
    store: Store, kinds: Collection[str], carried: Callable[[Operation], Mapping[str, Any]]
) -> None:
    """End all of a service whose time has come.

    Args:
        kinds: those of the service.
        carried: has the effect of one, and gives its response.
    """
    for value in store.operations().values():
        operation = Operation(**value)
        if not operation.is_due or operation.kind not in kinds:
            continue
        with store.change():
            end(store, operation, response={} if operation.error else carried(operation))


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
