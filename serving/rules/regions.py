"""Rules about the regions of a spec."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.catalog.regions import cloud_regions
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.suggest import instead_of

PROVIDERS = ("local", "aws", "gcp", "azure")
GATEWAY_FOLDER = "local/gateway"
"""Each local region has a folder of its name; the gateway has this one."""


def regions_are_distinct(spec: ServingSpec) -> Iterator[RuleProblem]:
    """No region is named twice."""
    seen: set[str] = set()
    for index, region in enumerate(spec.regions):
        if region.name in seen:
            yield RuleProblem(("regions", index), f'"{region.name}" is named twice', "keep one of them")
        seen.add(region.name)


def regions_exist(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Each region's provider is known, and a cloud's location is one that it has."""
    for index, region in enumerate(spec.regions):
        path = ("regions", index, "name")
        provider, location = region.name.split("/")
        if provider not in PROVIDERS:
            yield RuleProblem(path, f'"{provider}" is not a provider', instead_of(provider, PROVIDERS))
        elif region.name == GATEWAY_FOLDER:
            yield RuleProblem(
                path, f'"{region.name}" is where the gateway keeps its files', "take another name"
            )
        elif provider != "local" and location not in cloud_regions(provider):
            yield RuleProblem(
                path,
                f'{provider} has no region "{location}"',
                instead_of(location, cloud_regions(provider)),
            )


def local_and_cloud_do_not_mix(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A deployment is on this machine or in clouds: a cloud's gateway cannot reach this machine."""
    local = {region.provider == "local" for region in spec.regions}
    if len(local) == 2:
        odd = next(
            index
            for index, region in enumerate(spec.regions)
            if (region.provider == "local") != (spec.regions[0].provider == "local")
        )
        yield RuleProblem(
            ("regions", odd),
            "local and cloud regions cannot serve one deployment",
            "put the local ones into an environment of their own",
        )
