"""What the states of a backend know of, in the words of the clouds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from llmdeploy.infra.orphans.found import Tagged
from llmdeploy.infra.runner.steps import STACK_TYPE
from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.catalog.regions import CLOUDS

_NAMING: Final = ("arn", "selfLink")
"""Outputs that name a resource as well as its id does."""
_GOOGLE: Final = re.compile(r"^(?:https:)?//[^/]+/(?:compute/[^/]+/)?")
_PROJECT: Final = re.compile(r"^projects/[^/]+/")
_DNS_ZONE: Final = "managedZoneId"
_AZURE: Final = "azure-native"


@dataclass(frozen=True, slots=True)
class Known:
    """The resources of some states.

    Attributes:
        names: ids, ARNs and the like.
        places: stack and region in which a state has resources; what a fleet has started there is not kept in
            the state itself.
    """

    names: frozenset[str] = frozenset()
    places: frozenset[tuple[str, str]] = frozenset()

    def has(self, found: Tagged) -> bool:
        """Whether a state answers for it."""
        if found.made_by_cloud and (found.stack, found.region) in self.places:
            return True
        return not self.names.isdisjoint(_called(found.provider, found.id))


def known_in(states: Iterable[Mapping[str, Any]]) -> Known:
    """What exported states (`Runner.export`) know of."""
    resources = [each for state in states for each in _resources(state)]
    return Known(
        frozenset(name for each in resources for name in _names(each)),
        frozenset(place for each in resources for place in _places(each)),
    )


def regions_in(state: Mapping[str, Any]) -> tuple[str, ...]:
    """The regions of an exported state: those that its plan names, and wherever else it has a resource."""
    regions = set[str]()
    for each in _resources(state):
        if each["type"] == STACK_TYPE:
            regions |= set(((each.get("outputs") or {}).get("plan") or {}).get("regions") or {})
        elif region := _region(each):
            regions.add(f"{_provider(each)}/{region}")
    return tuple(sorted(region for region in regions if region.partition("/")[0] in CLOUDS))


def region_of(outputs: Mapping[str, Any]) -> str:
    """The region that a resource says it is in; Google's may be a link."""
    region = outputs.get("region")
    return region.rpartition("/")[2] if isinstance(region, str) else ""


def _resources(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (state.get("deployment") or {}).get("resources") or []


def _provider(resource: Mapping[str, Any]) -> str:
    """The cloud of its package."""
    package: str = resource["type"].partition(":")[0]
    return "azure" if package == _AZURE else package


def _region(resource: Mapping[str, Any]) -> str:
    outputs = resource.get("outputs") or {}
    return str(outputs.get("location") or "") if _provider(resource) == "azure" else region_of(outputs)


def _names(resource: Mapping[str, Any]) -> Iterator[str]:
    outputs = resource.get("outputs") or {}
    provider = _provider(resource)
    named = [resource.get("id"), *(outputs.get(key) for key in _NAMING)]
    for name in named:
        if isinstance(name, str) and name:
            yield from _called(provider, name)
    if isinstance(zone := outputs.get(_DNS_ZONE), str):
        yield f"managedZones/{zone}"  # the asset inventory knows zones by number only


def _places(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if region := _region(resource):
        stack = resource["urn"].split(":", 3)[2]
        yield stack, region
        yield label_of(stack), region


def label_of(stack: str) -> str:
    """How Google's labels write a stack."""
    return Deployment("", stack, "").labels["llmdeploy-stack"]


def _called(provider: str, name: str) -> set[str]:
    """All that one name says; the clouds, and their parts, do not use the same form everywhere."""
    if provider == "gcp":
        return {name, _PROJECT.sub("", _GOOGLE.sub("", name))}
    if provider == "azure":
        return {name.lower()}  # names are the same in either case
    service, kind, rest = _arn(name)
    if service == "ec2":
        return {name, rest}  # a state has the bare id of these: vpc-1
    if service == "secretsmanager":
        return {name, f"{service}:{kind}:{rest}"}  # a copy in another region differs in the region alone
    return {name}


def _arn(name: str) -> tuple[str, str, str]:
    """`arn:aws:ec2:us-east-1:1:vpc/vpc-1` → `ec2`, `vpc`, `vpc-1`; three empty texts for what is no ARN."""
    parts = name.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return "", "", ""
    kind, _, rest = parts[5].replace("/", ":", 1).partition(":")
    return parts[2], kind, rest
