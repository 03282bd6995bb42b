"""Whether the clouds' own services that bring their own server run the model."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import ManagedService, managed_service
from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.managed_service import service_in
from llmdeploy.serving.spec.region import Region

_TWO_BYTES_GIB = 2 / 2**30
"""GiB of one parameter in 16 bits."""
_SIXTEEN_BIT = ("bf16", "fp16")
_EIGHT_BIT = ("fp8", "fp8-block", "int8")


def check_managed_model(draft: Draft) -> Draft:
    """Refuse a model of a kind, length or size that a region's service does not take."""
    architecture = draft.architecture
    if architecture is None:
        return draft
    for region in draft.spec.regions:
        name = service_in(draft.spec, region)
        service = managed_service(name) if name else None
        problem = _refused(service, region, architecture) if service else ""
        if service is not None and problem:
            draft = draft.refused(
                ("model", "id"),
                f"{service.shown} in {region.name} {problem}",
                "use another model, or variant: self-hosted there",
            )
    return draft


def _refused(service: ManagedService, region: Region, architecture: Architecture) -> str:
    limits, size = service.architectures, _stored_gib(architecture)
    if service.weights_below_gib is not None and size >= service.weights_below_gib:
        return f"holds weights below {service.weights_below_gib} GiB in its memory, and these are {size:.0f}"
    if limits is None:
        return ""
    kind = architecture.model_type
    if kind not in limits.runs:
        return f"does not run models of the kind {kind}, but {', '.join(limits.runs)}"
    if region.location not in limits.only_in.get(kind, (region.location,)):
        return f"does not run models of the kind {kind}; {', '.join(limits.only_in[kind])} does"
    if architecture.max_context >= limits.context_below:
        longest = limits.context_below - 1
        return f"takes models of at most {longest} tokens, and this one has {architecture.max_context}"
    if size >= limits.gib_below:
        return f"takes weights below {limits.gib_below} GiB, and these are {size:.0f}"
    return ""


def _stored_gib(architecture: Architecture) -> float:
    """Of the checkpoint as it is published: formats of four bits as half of eight."""
    sixteen = architecture.parameters * _TWO_BYTES_GIB
    if architecture.native in _SIXTEEN_BIT:
        return sixteen
    return sixteen / 2 if architecture.native in _EIGHT_BIT else sixteen / 4
