"""Whether what a resource names is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from llmdeploy.infra.simulate.records import Record, Reference
from llmdeploy.infra.simulate.references.constants import always_there
from llmdeploy.infra.simulate.references.find import Mention, looks_made, mentions
from llmdeploy.infra.simulate.references.handles import candidates
from llmdeploy.infra.simulate.store import Store

_ONE_REGION: Final = frozenset({"ec2", "vpc", "lb", "autoscaling", "ecs"})
"""Modules whose resources are not seen from another region."""


@dataclass(slots=True)
class Resolved:
    """What the inputs name, and what of it is missing: code and sentence of each."""

    references: list[Reference] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Resolver:
    """Looks references up.

    Attributes:
        zones: ids of hosted zones that the simulation's settings say are there.
        hidden: says of a resource that it is not seen yet.
    """

    store: Store
    zones: frozenset[str] = frozenset()
    hidden: Callable[[Record], bool] = lambda record: False

    def resolve(self, token: str, region: str, inputs: Mapping[str, Any]) -> Resolved:
        """Look up everything that the inputs name."""
        resolved = Resolved()
        for mention in mentions(token, inputs):
            self._look_up(token, region, mention, resolved)
        return resolved

    def known_to_be_missing(self, token: str, inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What is missing for sure before anything is made: ids that a cloud draws when it makes the
        resource.
        """
        resolved = Resolved()
        for mention in mentions(token, inputs):
            if looks_made(mention.value):
                self._look_up(token, "", mention, resolved)
        return resolved.missing

    def _look_up(self, token: str, region: str, mention: Mention, resolved: Resolved) -> None:
        found = self._find(token, region, mention)
        if found is not None:
            resolved.references.append(Reference(mention.path, mention.value, found.number))
        elif (
            always_there(token.partition(":")[0], candidates(mention.value)[0]) or mention.value in self.zones
        ):
            resolved.references.append(Reference(mention.path, mention.value))
        else:
            resolved.missing.append(_words(token, mention))

    def _find(self, token: str, region: str, mention: Mention) -> Record | None:
        for handle in candidates(mention.value):
            for record in reversed(self.store.answering(handle)):
                if record.package != token.partition(":")[0] or self.hidden(record):
                    continue
                if mention.rule is not None and record.token not in mention.rule.tokens:
                    continue
                if _apart(token, region, record):
                    continue
                return record
        return None


def _apart(token: str, region: str, record: Record) -> bool:
    if not region or not record.region or record.region == region:
        return False
    return (
        record.token.split(":")[1].partition("/")[0] in _ONE_REGION
        and token.split(":")[1].partition("/")[0] in _ONE_REGION
    )


def _words(token: str, mention: Mention) -> tuple[str, str]:
    if mention.rule is not None:
        return mention.rule.code, mention.rule.message.format(value=mention.value)
    if token.startswith("azure-native:"):
        return "ResourceNotFound", f"The resource '{mention.value}' was not found ({mention.path})"
    if token.startswith("gcp:"):
        return "notFound", f"The resource '{mention.value}' was not found ({mention.path})"
    return "ResourceNotFoundException", f"{mention.path}: {mention.value} does not exist"
