"""Rules about how requests find a region."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec


def weights_belong_to_policy_weighted(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Another policy would silently ignore them. Without a policy, weights choose weighted."""
    policy = spec.routing.policy if spec.routing else None
    if policy in (None, "weighted"):
        return
    for index, region in enumerate(spec.regions):
        if region.weight is not None:
            yield RuleProblem(
                ("regions", index, "weight"),
                f"has no effect with policy {policy}",
                "leave it out, or use policy: weighted",
            )


def weights_are_complete(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Every region has a weight or none has, and somebody gets the traffic. One that takes what others cannot
    needs none."""
    weights = [0 if region.role != "primary" else region.weight for region in spec.regions]
    given = [region.weight for region in spec.regions if region.weight is not None]
    if given and None not in weights and sum(given) == 0:
        yield RuleProblem(("regions", 0, "weight"), "all weights are 0", "give a region more than 0")
    if given:
        for index in (index for index, weight in enumerate(weights) if weight is None):
            name = spec.regions[index].name
            yield RuleProblem(
                ("regions", index),
                f"{name} has no weight and others have",
                "give every region a weight, or none",
            )


def failover_has_somewhere_to_go(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Policy failover needs a second region."""
    if spec.routing and spec.routing.policy == "failover" and len(spec.regions) < 2:
        yield RuleProblem(
            ("routing", "policy"),
            "failover needs at least two regions",
            "add a region, or leave the policy out",
        )


def residency_names_regions(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Each mark names regions of the spec, each once."""
    names = [region.name for region in spec.regions]
    for mark, regions in spec.residency.items():
        yield from names_regions(("residency", mark), regions, names)


def names_regions(path: tuple[str, ...], given: tuple[str, ...], names: list[str]) -> Iterator[RuleProblem]:
    """What is wrong with a list that must name regions of the spec, each once."""
    for index, name in enumerate(given):
        if name not in names:
            yield RuleProblem(
                (*path, index),
                f"{name} is not a region of this spec",
                f"use one of {', '.join(dict.fromkeys(names))}",
            )
        elif name in given[:index]:
            yield RuleProblem((*path, index), f"{name} is named twice", "keep one of them")
