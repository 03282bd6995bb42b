"""What a check sees: the inputs, where the resource goes, and what is already there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.references.handles import candidates
from llmdeploy.infra.simulate.schema import UNKNOWN
from llmdeploy.infra.simulate.store import Store

Problems: TypeAlias = Iterable[tuple[str, str]]
"""Code and sentence of each, in the cloud's words."""


@dataclass(frozen=True, slots=True)
class Look:
    """One resource that is to be made or changed. What is known only later reads as None, as if it were
    not given.

    Args:
        number: of the record, where it is there already; 0 before it is made.
        planned: whether this is a preview: what is not there may still be made by the same program.
    """

    inputs: Mapping[str, Any]
    region: str
    store: Store
    number: int = 0
    planned: bool = False

    def get(self, path: str, default: Any = None) -> Any:
        """The value at a path like `healthCheck.interval`."""
        return at(self.inputs, path, default)

    def given(self, path: str) -> bool:
        """Whether the program gives it, known or not."""
        return raw(self.inputs, path) is not None

    def unknown(self, path: str) -> bool:
        """Whether the program gives a value that is known only later."""
        return raw(self.inputs, path) is UNKNOWN

    def items(self, path: str) -> list[Any]:
        """The known items of a list."""
        found = self.get(path)
        return [each for each in found if each is not UNKNOWN] if isinstance(found, list) else []

    def record(self, handle: Any, *tokens: str) -> Record | None:
        """What a reference means, if it is there. Of two regions' of one name, it is the one here."""
        if not isinstance(handle, str):
            return None
        for each in candidates(handle):
            found = [record for record in self.store.answering(each) if record.token in tokens]
            here = [record for record in found if record.region == self.region]
            if found:
                return (here or found)[0]
        return None

    def zones_of(self, subnets: Iterable[Any]) -> list[str]:
        """The availability zones of subnets that are there."""
        found = [self.record(subnet, "aws:ec2/subnet:Subnet") for subnet in subnets]
        return [str(each.outputs["availabilityZone"]) for each in found if each]


Check: TypeAlias = Callable[[Look], Problems]


def at(value: Any, path: str, default: Any = None) -> Any:
    """The known value at a path within nested mappings."""
    found = raw(value, path)
    return default if found is None or found is UNKNOWN else found


def raw(value: Any, path: str) -> Any:
    """The value at a path, UNKNOWN as it is."""
    for key in path.split("."):
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value
