"""What the engine keeps of a stack, read in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from llmdeploy.infra.runner.result import HistoryEntry
from llmdeploy.infra.runner.steps import PROVIDER_PREFIX, STACK_TYPE
from llmdeploy.stacks import names
from llmdeploy.stacks.facts import TYPE as FACTS_TYPE
from llmdeploy.stacks.facts import facts_in


class Engine(Protocol):
    """The part of `Runner` that is needed here."""

    def export(self, stack: str) -> dict[str, Any]:
        """The state, secrets encrypted."""

    def history(self, stack: str, limit: int = 10) -> tuple[HistoryEntry, ...]:
        """The last operations, the newest first."""


@dataclass(frozen=True, slots=True)
class StackState:
    """A stack as its backend has it.

    Args:
        outputs: secret ones are left as the engine encrypts them.
        resources: how many there are in the world; what only groups them, and the engine's own, do not count.
        pending: names of what an operation had begun and not ended.
        first_up: when the first `up` began, seconds since the epoch; None where the state does not tell.
        regions_since: of each region in clouds, likewise, since its first `up` came to an end there.
    """

    outputs: Mapping[str, Any] = field(repr=False)
    facts: Mapping[str, dict[str, Any]] = field(repr=False)
    resources: int = 0
    pending: tuple[str, ...] = ()
    first_up: float | None = None
    regions_since: Mapping[str, float] = field(default_factory=dict)

    def regions(self, known: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What clouds can be asked about each region, also after an `up` that failed in part.

        Args:
            known: names of regions that may have been made.
        """
        told = self.outputs.get("regions") or {}
        facts = {
            name: self.facts.get(names.facts(names.region(name))) or told.get(name)
            for name in dict.fromkeys([*told, *known])
        }
        return {name: found for name, found in facts.items() if found}


def stack_state(state: Mapping[str, Any]) -> StackState:
    """Read an exported state."""
    deployment = state.get("deployment") or {}
    resources = deployment.get("resources") or []
    stack: Mapping[str, Any] = next((each for each in resources if each["type"] == STACK_TYPE), {})
    return StackState(
        outputs=stack.get("outputs") or {},
        facts=facts_in(state),
        resources=sum(bool(each.get("custom")) and not _is_provider(each) for each in resources),
        pending=tuple(_name(each["resource"]) for each in deployment.get("pending_operations") or ()),
        first_up=_created(stack),
        regions_since={
            _name(each): created
            for each in resources
            if each["type"] == FACTS_TYPE and (created := _created(each)) is not None
        },
    )


def _is_provider(resource: Mapping[str, Any]) -> bool:
    return str(resource["type"]).startswith(PROVIDER_PREFIX)


def _name(resource: Mapping[str, Any]) -> str:
    return str(resource["urn"]).rpartition("::")[2]


def _created(resource: Mapping[str, Any]) -> float | None:
    created = resource.get("created")
    return datetime.fromisoformat(created).timestamp() if created else None
