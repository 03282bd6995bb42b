"""What is allowed in a spec, and has no effect where a cloud's own service runs the replicas."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.rules.managed_regions import ManagedRegion, by_service, in_regions, managed_regions
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec


def managed_brings_its_own_server(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Every spec names a framework, and some services run none."""
    for service, regions in by_service(spec):
        if not service.frameworks:
            yield RuleProblem(
                ("framework", "name"),
                f"{spec.framework.name} is not what runs{in_regions(spec, regions)}",
                f"{service.shown} brings its own server",
            )


def managed_scales_by_itself(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A limit or target that nobody holds, and that is counted with in the price all the same."""
    for service, regions in by_service(spec):
        fact = service.features["scaling"]
        said: dict[tuple[str | int, ...], list[ManagedRegion]] = {}
        for each in () if fact.can else regions:
            for path in _scaling_said(spec, each):
                said.setdefault(path, []).append(each)
        for path, concerned in said.items():
            where = in_regions(spec, tuple(concerned))
            yield RuleProblem(path, f"has no effect{where} but on the price shown", fact.text)


def managed_target_is_not_held(spec: ServingSpec) -> Iterator[RuleProblem]:
    """How fast something is that nobody tells the hardware of."""
    for service, regions in by_service(spec):
        if spec.target is not None and not service.gpus:
            yield RuleProblem(
                ("target",),
                f"is a guess{in_regions(spec, regions)}",
                f"{service.shown} does not say on what it runs",
            )


def managed_spreads_requests_itself(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A gateway sees one endpoint, however many replicas are behind it."""
    affinity = spec.routing.affinity if spec.routing else None
    regions = managed_regions(spec)
    if affinity is not None and regions:
        yield RuleProblem(
            ("routing", "affinity"),
            f"chooses no replica{in_regions(spec, regions)}",
            "the cloud's service spreads requests over its replicas by itself",
        )


def _scaling_said(spec: ServingSpec, each: ManagedRegion) -> Iterator[tuple[str | int, ...]]:
    for key in ("max", "metric", "target"):
        if each.region.scaling and getattr(each.region.scaling, key) is not None:
            yield ("regions", each.index, "scaling", key)
        elif spec.scaling and getattr(spec.scaling, key) is not None:
            yield ("scaling", key)
