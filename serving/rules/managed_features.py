"""Rules that read the table of what the clouds' own services can do."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.catalog.managed import ManagedService
from llmdeploy.serving.catalog.models import catalog_names
from llmdeploy.serving.catalog.table import read_row
from llmdeploy.serving.rules.hardware import Where, said_hardware
from llmdeploy.serving.rules.managed_regions import (
    ManagedRegion,
    by_service,
    elsewhere,
    in_regions,
    managed_regions,
)
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec

WORDS = {
    "framework-version": "choice of the server's version",
    "framework-args": "flags of the server",
    "weights-format": "number format other than the checkpoint's",
    "kv-cache": "choice of the key-value cache's format",
    "speculative": "speculative decoding",
    "speculative-model": "speculative decoding with a second model",
    "adapters": "adapters",
    "runtime-adapters": "loading of adapters at run time",
    "parallel": "division of a replica",
    "batching": "choice of how requests are batched",
    "structured-output": "choice of a grammar library",
    "hardware": "choice of GPUs",
    "spot": "spot",
    "scale-to-zero": "scaling to zero",
    "always-on": "replica that always runs",
    "scaling": "limit or target of scaling",
    "hub": "model by its hub id",
    "gated-hub": "gated model of the hub",
    "s3": "weights from s3://",
    "gs": "weights from gs://",
}
"""Each feature of managed-services.yaml, as it goes after `has no`."""
_WAKING = ", ".join(("sagemaker", "cloud-run", "bedrock"))


def managed_features_are_honoured(spec: ServingSpec) -> Iterator[RuleProblem]:
    """What a spec asks of its replicas, the service of each managed region does."""
    for service, regions in by_service(spec):
        for feature, path in _asked(spec, regions).items():
            fact = service.features[feature[0]]
            if not fact.can:
                yield RuleProblem(
                    path,
                    f"{service.shown} has no {WORDS[feature[0]]}{in_regions(spec, regions)}: {fact.text}",
                    f"leave it out, or use {elsewhere(service, feature[0])}",
                )


def managed_hardware_can_be_chosen(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Some services choose their own hardware, and none here is sold as spot."""
    found: dict[tuple[str, Where], RuleProblem] = {}
    for each in managed_regions(spec):
        for feature, key in (("hardware", "gpu"), ("hardware", "count"), ("spot", "purchase")):
            value, path = said_hardware(spec, each.index, each.region, key)
            fact = each.service.features[feature]
            if fact.can or value in (None, "on-demand"):
                continue
            found[each.service.name, path] = RuleProblem(
                path,
                f"{each.service.shown} has no {WORDS[feature]}: {fact.text}",
                f"{_say_elsewhere(spec, path)}, or use {elsewhere(each.service, feature)}",
            )
    yield from found.values()


def managed_model_can_be_fetched(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Each service takes weights from some places."""
    source = _source_of(spec)
    for service, regions in by_service(spec):
        if source is None or (fact := service.features[source]).can:
            continue
        schemes = [f"{scheme}://…" for scheme in ("s3", "gs") if service.features[scheme].can]
        mend = f"copy the weights to {schemes[0]} and name that" if schemes else "name a model of the hub"
        yield RuleProblem(
            ("model", "id"),
            f"{service.shown} takes no {WORDS[source]}{in_regions(spec, regions)}: {fact.text}",
            f"{mend}, or use {elsewhere(service, source)}",
        )


def scaling_to_zero_can_wake_up(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Only some services start a replica when a request comes; instances of one's own never do."""
    sleepers = {each.index: each.service for each in managed_regions(spec)}
    told: dict[Where, list[int]] = {}
    for index, (least, path) in enumerate(_least(spec)):
        if least == 0:
            told.setdefault(path, []).append(index)
    for path, indexes in told.items():
        awake = [index for index in indexes if index not in sleepers]
        if awake:
            yield RuleProblem(
                path,
                f"no replica{_of(spec, awake)} could wake up again from 0",
                f"use at least 1, or variant: managed with a service that wakes up: {_WAKING}",
            )
        for index in indexes:
            service, location = sleepers.get(index), spec.regions[index].location
            if service is None or service.sleeps_in(location):
                continue
            can = service.features["scale-to-zero"].can
            why = service.awake_in[location] if can else service.features["scale-to-zero"].text
            other = "another region" if can else elsewhere(service, "scale-to-zero").partition(", or")[0]
            yield RuleProblem(
                path,
                f"{service.shown} has no scaling to zero{_of(spec, [index])}: {why}",
                f"use scaling.min: 1, or {other}",
            )


def managed_replicas_can_stay_awake(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A service that puts models to sleep keeps none awake, whatever `scaling.min` says."""
    least = _least(spec)
    for each in managed_regions(spec):
        fact = each.service.features["always-on"]
        said, path = least[each.index]
        if said and not fact.can:
            yield RuleProblem(
                path,
                f"{each.service.shown} has no {WORDS['always-on']}{_of(spec, [each.index])}: {fact.text}",
                f"give {each.region.name} scaling: {{min: 0}}, or use {elsewhere(each.service, 'always-on')}",
            )


def _asked(spec: ServingSpec, regions: tuple[ManagedRegion, ...]) -> dict[tuple[str, Where], Where]:
    """Every feature that holds for all regions alike, with its place."""
    formats, batching, speculative = spec.quantization, spec.batching, spec.speculative
    service: ManagedService = regions[0].service
    asked: list[tuple[str, Where, object]] = [
        ("framework-version", ("framework", "version"), spec.framework.version),
        ("framework-args", ("framework", "args"), spec.framework.args),
        ("weights-format", ("quantization", "weights"), formats is not None and formats.weights != "none"),
        ("kv-cache", ("quantization", "kv_cache"), formats and formats.kv_cache),
        ("adapters", ("model", "adapters"), spec.model.adapters),
        ("runtime-adapters", ("model", "runtime_adapters"), spec.model.adapters_change),
        ("parallel", ("parallel",), _divides(spec)),
        ("structured-output", ("structured_output",), spec.structured_output),
    ]
    if speculative is not None:
        one = "speculative-model" if service.features["speculative"].can else "speculative"
        asked.append((one, ("speculative",), one == "speculative" or speculative.model))
    asked += [
        ("batching", ("batching", key), getattr(batching, key) is not None)
        for key in (type(batching).model_fields if batching else ())
    ]
    return {(feature, path): path for feature, path, value in asked if value}


def _divides(spec: ServingSpec) -> bool:
    parallel = spec.parallel
    return parallel is not None and (
        parallel.expert or any((getattr(parallel, key) or 1) > 1 for key in ("tensor", "pipeline", "data"))
    )


def _source_of(spec: ServingSpec) -> str | None:
    """The feature that the model's place asks for; None for a folder, which is another rule's."""
    kind = spec.model.source_kind
    if kind == "bucket":
        return spec.model.id.partition("://")[0]
    if kind == "folder":
        return None
    known = catalog_names().get(spec.model.id.lower())
    return "gated-hub" if known and read_row("models", known).get("gated", False) else "hub"


def _least(spec: ServingSpec) -> list[tuple[int | None, Where]]:
    """The least replicas of each region and where the spec says so; None where it does not."""
    shared = spec.scaling.min if spec.scaling else None
    return [
        (region.scaling.min, ("regions", index, "scaling", "min"))
        if region.scaling and region.scaling.min is not None
        else (shared, ("scaling", "min"))
        for index, region in enumerate(spec.regions)
    ]


def _of(spec: ServingSpec, indexes: list[int]) -> str:
    if len(indexes) == len(spec.regions):
        return ""
    return f" in {', '.join(spec.regions[index].name for index in indexes)}"


def _say_elsewhere(spec: ServingSpec, path: Where) -> str:
    """What is said once for all regions can be said in those that have it."""
    if path[0] == "hardware" and any(spec.variant_in(region) == "self-hosted" for region in spec.regions):
        return "say it in the self-hosted regions alone"
    return "leave it out"
