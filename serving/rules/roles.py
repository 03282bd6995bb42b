"""Rules about which regions get requests first."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec


def some_region_is_primary(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Overflow and failover are of somebody else's requests."""
    if all(region.role != "primary" for region in spec.regions):
        yield RuleProblem(
            ("regions", 0, "role"),
            "no region is primary: nobody would get requests first",
            "leave role out of at least one region",
        )


def overflow_has_no_share(spec: ServingSpec) -> Iterator[RuleProblem]:
    """What takes others' requests gets no share of its own."""
    for index, region in enumerate(spec.regions):
        if region.role != "primary" and region.weight:
            yield RuleProblem(
                ("regions", index, "weight"),
                f"{region.name} is for {region.role}, and gets what others cannot take",
                "use weight: 0, or leave role out",
            )
