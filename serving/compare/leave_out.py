"""A copy of a spec without what its regions' services cannot honour."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import ManagedService
from llmdeploy.serving.rules.managed_regions import ManagedRegion, managed_regions
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.hardware import Hardware
from llmdeploy.serving.spec.region import Region
from llmdeploy.serving.spec.scaling import Scaling

Path = tuple[str | int, ...]


def left_out(spec: ServingSpec, path: Path) -> ServingSpec | None:
    """The spec without the field at `path`, where it can be without; None where it cannot.

    What regions have each for themselves, hardware and scaling, is left out only in those that are managed.
    """
    key = _key(path)
    if key[0] == "hardware" and len(key) == 2:
        return _without_hardware(spec, str(key[1]), path)
    if key == ("scaling", "min"):
        return _with_other_least(spec, path)
    if path[0] == "regions":
        return None
    return _without_shared(spec, path)


def _without_shared(spec: ServingSpec, path: Path) -> ServingSpec | None:
    head, *rest = path
    if head in ("speculative", "parallel", "structured_output"):
        return spec.model_copy(update={str(head): None})
    if head == "model" and rest[:1] == ["adapters"]:
        return spec.model_copy(update={"model": spec.model.model_copy(update={"adapters": ()})})
    if head == "model" and rest[:1] == ["runtime_adapters"]:
        return spec.model_copy(update={"model": spec.model.model_copy(update={"runtime_adapters": None})})
    if head == "framework" and rest[:1] in (["version"], ["args"]):
        empty: object = None if rest[0] == "version" else {}
        return spec.model_copy(update={"framework": spec.framework.model_copy(update={str(rest[0]): empty})})
    if head == "batching" and spec.batching is not None:
        return spec.model_copy(update={"batching": spec.batching.model_copy(update={str(rest[0]): None})})
    if head == "quantization" and spec.quantization is not None:
        plain = {"kv_cache": None} if rest == ["kv_cache"] else {"weights": "none", "method": None}
        return spec.model_copy(update={"quantization": spec.quantization.model_copy(update=plain)})
    return None


def _without_hardware(spec: ServingSpec, key: str, path: Path) -> ServingSpec:
    concerned = {each.index for each in _concerned(spec, path)}
    shared = spec.hardware or Hardware()
    regions = []
    for index, region in enumerate(spec.regions):
        own = region.hardware or Hardware()
        merged = {name: getattr(own, name) or getattr(shared, name) for name in ("gpu", "count", "purchase")}
        if index in concerned:
            merged[key] = None
        regions.append(region.model_copy(update={"hardware": Hardware(**merged)}))
    return spec.model_copy(update={"hardware": None, "regions": tuple(regions)})


def _with_other_least(spec: ServingSpec, path: Path) -> ServingSpec:
    """1 where nothing would wake up, 0 where nothing stays awake."""
    services = {each.index: each.service for each in managed_regions(spec)}
    wanted = [path[1]] if path[0] == "regions" else range(len(spec.regions))
    regions = tuple(
        _with_least(region, services.get(index), spec) if index in wanted else region
        for index, region in enumerate(spec.regions)
    )
    return spec.model_copy(update={"regions": regions})


def _with_least(region: Region, service: ManagedService | None, spec: ServingSpec) -> Region:
    own = region.scaling or Scaling()
    said = own.min if own.min is not None else (spec.scaling.min if spec.scaling else None)
    least = said
    if said == 0 and (service is None or not service.sleeps_in(region.location)):
        least = 1
    if said and service is not None and not service.features["always-on"].can:
        least = 0
    return (
        region
        if least == said
        else region.model_copy(update={"scaling": own.model_copy(update={"min": least})})
    )


def _concerned(spec: ServingSpec, path: Path) -> tuple[ManagedRegion, ...]:
    return tuple(each for each in managed_regions(spec) if path[0] != "regions" or each.index == path[1])


def _key(path: Path) -> Path:
    """The path without the region that it is of."""
    return path[2:] if path[0] == "regions" and len(path) > 2 else path
