"""One call of the simulated Vertex AI, with what all of its answers need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest import operations
from llmdeploy.infra.simulate.rest.google import GoogleRefusal
from llmdeploy.infra.simulate.rest.request import RestRequest
from llmdeploy.infra.simulate.store import Store

Effect: TypeAlias = Callable[[Store, Mapping[str, Any]], dict[str, Any]]
"""Has the effect of an operation, and gives its response."""
_FAILED: Final = "An internal error has occurred. (A fault of the simulation.)"


@dataclass(frozen=True, slots=True)
class VertexCall:
    """A request whose place, credentials and body are good.

    Args:
        parent: `projects/P/locations/L`.
        name: of the resource that the path is about; empty where it is about a collection.
        kind: the token of what it changes.
    """

    request: RestRequest
    parent: str
    name: str
    location: str
    place: Place
    faults: Faults
    kind: str

    @property
    def store(self) -> Store:
        """What the clouds hold."""
        return self.request.store

    @property
    def body(self) -> Any:
        """Checked against its schema."""
        return self.request.body

    @property
    def shown(self) -> str:
        """The logical name of what it is about, as faults name it."""
        deployed = self.body.get("deployedModel", {}).get("displayName")
        model = self.body.get("model")
        chosen = (model or {}).get("displayName") if isinstance(model, dict) else None
        return str(deployed or chosen or self.body.get("displayName") or self.name.rpartition("/")[2])

    def found(self, token: str) -> Record:
        """The resource that the path names. Raises GoogleRefusal: there is none."""
        record = self.store.find(token, self.name)
        if record is None:
            kind = token.rpartition("Vertex")[2]
            raise GoogleRefusal("NOT_FOUND", f'The {kind} "{self.name}" is not found.')
        return record

    def begin(
        self,
        parent: str,
        kind: str,
        what: Mapping[str, Any],
        lasts_s: float = 0.0,
        error: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """An operation; the faults `fail` and `slow` have their say."""
        here = (self.kind, self.shown, self.location)
        failing_s = self.faults.seconds("fail", *here)
        if error is None and self.faults.strike("fail", *here):
            lasts_s, error = failing_s, {"code": 13, "message": _FAILED}
        slow_s = self.faults.seconds("slow", *here)
        pace = float(self.store.settings().get(operations.PACE, 1.0))
        return operations.begin(self.store, parent, kind, what, lasts_s + slow_s * pace, error).shown()
