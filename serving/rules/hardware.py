"""Rules about GPUs and where they can be had."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.regions import cloud_regions, gpus_offered, regions_offering
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.hardware import NO_GPU, Hardware
from llmdeploy.serving.spec.region import Region
from llmdeploy.serving.spec.suggest import instead_of

Where = tuple[str | int, ...]


def gpus_named(spec: ServingSpec) -> Iterator[tuple[Where, str]]:
    """Every GPU that the spec names, with its place."""
    for path, hardware in hardware_named(spec):
        if hardware.gpu is not None:
            yield (*path, "gpu"), hardware.gpu


def hardware_named(spec: ServingSpec) -> Iterator[tuple[Where, Hardware]]:
    """The spec's hardware and each region's own, with their places."""
    if spec.hardware:
        yield ("hardware",), spec.hardware
    for index, region in enumerate(spec.regions):
        if region.hardware:
            yield ("regions", index, "hardware"), region.hardware


def gpu_is_known(spec: ServingSpec) -> Iterator[RuleProblem]:
    """The GPU is in the catalog."""
    for path, name in gpus_named(spec):
        if name not in gpus() and name != NO_GPU:
            yield RuleProblem(path, f'"{name}" is not known', instead_of(name, (*gpus(), NO_GPU)))


def gpu_is_offered(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Each cloud region has the GPU that it is to use."""
    for index, region in enumerate(spec.regions):
        gpu, path = _gpu_of(spec, index, region)
        if gpu not in gpus() or region.location not in cloud_regions(region.provider):
            continue
        offered = gpus_offered(region.name)
        if region.provider not in gpus()[gpu].providers:
            has = [name for name, facts in gpus().items() if region.provider in facts.providers]
            yield RuleProblem(path, f"{region.provider} has no {gpu}", f"use one of {', '.join(has)}")
        elif offered is not None and gpu not in offered:
            elsewhere = most_like(region.name, regions_offering(gpu, region.provider))
            mend = f"use {', or '.join(filter(None, (', '.join(offered), elsewhere)))}"
            yield RuleProblem(path, f'"{gpu}" is not offered in {region.name}', mend)


def replicas_without_gpu_are_local(spec: ServingSpec) -> Iterator[RuleProblem]:
    """In a cloud, a replica always has a GPU; and none is not a number of GPUs."""
    for index, region in enumerate(spec.regions):
        gpu, path = _gpu_of(spec, index, region)
        if gpu == NO_GPU and region.provider != "local":
            yield RuleProblem(
                path, f"{region.name} runs replicas on GPUs only", "leave it out, or use local/… regions"
            )
    for path, hardware in hardware_named(spec):
        if hardware.gpu == NO_GPU and hardware.count is not None:
            yield RuleProblem((*path, "count"), "counts GPUs, and gpu is none", "leave it out")


def spot_is_not_local(spec: ServingSpec) -> Iterator[RuleProblem]:
    """This machine is not rented."""
    if any(region.provider != "local" for region in spec.regions):
        return
    for path, hardware in hardware_named(spec):
        if hardware.purchase in ("spot", "spot-with-fallback"):
            yield RuleProblem(
                (*path, "purchase"), f"this machine cannot be had as {hardware.purchase}", "use on-demand"
            )


def most_like(name: str, others: tuple[str, ...]) -> str:
    """The one of `others` whose name is most like `name`: those of regions near each other are."""
    return max(others, key=lambda other: SequenceMatcher(a=name, b=other).ratio(), default="")


def said_hardware(spec: ServingSpec, index: int, region: Region, key: str) -> tuple[Any, Where]:
    """What the spec says of a region's hardware, and where; None where it says nothing.

    Args:
        key: of `hardware`: gpu, count or purchase.
    """
    own = getattr(region.hardware, key) if region.hardware else None
    if own is not None:
        return own, ("regions", index, "hardware", key)
    return (getattr(spec.hardware, key) if spec.hardware else None), ("hardware", key)


def _gpu_of(spec: ServingSpec, index: int, region: Region) -> tuple[str, Where]:
    """The GPU that a region is to use and where the spec says so; empty when it is sized."""
    gpu, path = said_hardware(spec, index, region, "gpu")
    return gpu or "", path
