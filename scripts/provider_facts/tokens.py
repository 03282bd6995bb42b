"""Finds the provider's resource that a Pulumi token stands for, by its properties and its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from scripts.provider_facts.names import folded

from llmdeploy.infra.simulate.schema import sdk

LEAST = 1.49
"""The overlap plus the likeness below which two are not the same resource. With it, all 1,326 resources of
terraform-provider-google that Pulumi's bridge-metadata.json (2026-08-21) names are found, none wrongly."""


@dataclass(frozen=True)
class Resource:
    """Of a resource of the provider: its folded properties, its service, and its name in words or nothing."""

    properties: frozenset[str]
    service: str
    title: str


def match(declared: Mapping[str, sdk.Declared], resources: Mapping[str, Resource]) -> dict[str, str]:
    """Token → the provider's resource that fits best, unless another token of the module fits that better.

    Then it is the next, if its properties fit more closely: what fits less closely is a namesake.
    """
    found = {token: hits(token, one, resources) for token, one in declared.items()}
    strongest: dict[tuple[str, str], float] = {}
    for token, candidates in found.items():
        if candidates:
            key = (_module(token), candidates[0].resource)
            strongest[key] = max(strongest.get(key, 0), candidates[0].overlap)
    own = {
        token: [
            hit
            for hit in candidates
            if hit.overlap >= strongest.get((_module(token), hit.resource), 0)
            and (hit is candidates[0] or hit.overlap > candidates[0].overlap)
        ]
        for token, candidates in found.items()
    }
    return {token: candidates[0].resource for token, candidates in own.items() if candidates}


@dataclass(frozen=True, order=True)
class Hit:
    """How well a resource fits: the overlap of property names (F1) plus the likeness of the names."""

    score: float
    overlap: float
    resource: str


def hits(token: str, declared: sdk.Declared, resources: Mapping[str, Resource]) -> list[Hit]:
    """The provider's resources that are near, best first."""
    own = {folded(name) for name in (*declared.inputs, *declared.outputs)} - {"id"}
    near = []
    for name, resource in resources.items():
        theirs = resource.properties - {"id", "timeout"}
        overlap = 2 * len(own & theirs) / max(1, len(own) + len(theirs))
        if overlap >= LEAST - 1:
            alike = max(likeness(token, name.partition("_")[2]), _titled(token, resource))
            near.append(Hit(overlap + alike, overlap, name))
    return sorted((hit for hit in near if hit.score >= LEAST), reverse=True)


def _module(token: str) -> str:
    return token.split("/")[0]


def likeness(token: str, name: str) -> float:
    """0 … 1: how alike `aws:ec2/vpcEndpoint:VpcEndpoint` and `vpc_endpoint` read."""
    module, _, short = token.split(":")[1].partition("/")
    plain = name.replace("_", "").lower()
    own = short.lower()
    return max(
        SequenceMatcher(None, own, plain).ratio(),
        SequenceMatcher(None, module.lower() + own, plain).ratio(),
    )


def _titled(token: str, resource: Resource) -> float:
    """The likeness of module and class to service and title: `lb/loadBalancer` is elbv2's `Load Balancer`."""
    own = token.split(":")[1].replace("/", "").lower()
    theirs = (resource.service + resource.title.replace(" ", "")).lower()
    return SequenceMatcher(None, own, theirs).ratio() if resource.title else 0
