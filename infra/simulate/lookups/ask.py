"""What a data source sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from llmdeploy.infra.simulate.errors import CloudError
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.store import Store


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of a data source."""

    args: Mapping[str, Any]
    place: Place
    store: Store

    @property
    def region(self) -> str:
        """Where it looks."""
        return str(self.args.get("region") or self.place.region).rpartition("/")[2]

    @property
    def settings(self) -> dict[str, Any]:
        """What the simulation was told."""
        return self.store.settings()

    def need(self, name: str) -> Any:
        """An argument that the answer depends on. Raises CloudError: it is missing."""
        if not self.args.get(name):
            raise CloudError("MissingParameter", f"{name} is needed")
        return self.args[name]


Answer: TypeAlias = Callable[[Ask], dict[str, Any]]


def filtered(filters: Any, key: str = "name") -> dict[str, list[str]]:
    """Filters as AWS takes them: name → values."""
    return {str(each.get(key)): list(each.get("values") or []) for each in filters or []}
