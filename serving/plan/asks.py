"""From a spec to what is to be placed in each of its regions."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.catalog.frameworks import server_name
from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.frameworks.from_spec import SPECULATIVE_TOKENS
from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.placement.ask import RegionAsk, ReplicaAsk
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.managed_service import service_in
from llmdeploy.serving.plan.replicas import replica_bounds
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.hardware import Hardware, Purchase
from llmdeploy.serving.spec.region import Region
from llmdeploy.serving.speed.request import Speculation, Workload
from llmdeploy.serving.speed.result import Target

UTILISATION = 0.5
"""The mean load of a month over what the replicas can answer, where the spec does not say: half, as users of
one continent sleep a third of the day."""


def region_asks(draft: Draft, architecture: Architecture, context_length: int) -> Iterator[RegionAsk]:
    """One ask a region, in the order of the spec."""
    spec = draft.spec
    replica = _replica(draft, architecture, context_length)
    for region in spec.regions:
        gpu, count, purchase = _hardware(spec, region)
        least, most = replica_bounds(spec, region)
        open_ended = spec.scaling is None and region.scaling is None
        service = service_in(spec, region)
        if service is not None and not managed_service(service).features["always-on"].can:
            least = 0
        yield RegionAsk(
            region=region.name,
            replica=replica,
            gpu=gpu,
            count=count,
            purchase=purchase or "on-demand",
            requests_per_second=_share(spec, region),
            least=least,
            most=None if open_ended else most,
            managed=service,
        )


def workload_of(spec: ServingSpec) -> Workload:
    """The lengths of an average request."""
    said = spec.workload
    default = Workload()
    return Workload(
        input_tokens=(said.input_tokens if said else None) or default.input_tokens,
        output_tokens=(said.output_tokens if said else None) or default.output_tokens,
    )


def utilisation_of(spec: ServingSpec) -> float:
    """The mean load over a month, as a share of what the replicas can answer."""
    return (spec.workload.utilisation if spec.workload else None) or UTILISATION


def _replica(draft: Draft, architecture: Architecture, context_length: int) -> ReplicaAsk:
    spec = draft.spec
    batching, parallel, quantization = spec.batching, spec.parallel, spec.quantization
    target, wanted = spec.target, spec.speculative
    return ReplicaAsk(
        architecture=architecture,
        framework=spec.framework.name,
        server=server_name(spec.framework.name, spec.framework.backend),
        version=draft.framework_version,
        weights=quantization.weights if quantization else "none",
        method=quantization.method if quantization else None,
        kv_cache=(quantization.kv_cache if quantization else None) or "16-bit",
        context_length=context_length,
        memory_fraction=batching.memory_fraction if batching else None,
        batch_tokens=batching.tokens if batching else None,
        concurrency=batching.concurrency if batching else None,
        tensor=parallel.tensor if parallel else None,
        pipeline=(parallel.pipeline if parallel else None) or 1,
        workload=workload_of(spec),
        speculation=(
            Speculation(wanted.method, wanted.tokens or SPECULATIVE_TOKENS[wanted.method]) if wanted else None
        ),
        target=Target(target.ttft_p95, target.tpot_p95) if target else Target(),
    )


def _hardware(spec: ServingSpec, region: Region) -> tuple[str | None, int | None, Purchase | None]:
    """The region's own over the spec's, field by field."""
    own, general = region.hardware or Hardware(), spec.hardware or Hardware()
    return own.gpu or general.gpu, own.count or general.count, own.purchase or general.purchase


def _share(spec: ServingSpec, region: Region) -> float | None:
    """The region's part of the peak: by weight, where there are weights; none of one that takes what others
    cannot."""
    if spec.target is None or spec.target.requests_per_second is None:
        return None
    together = sum(_weight(each) for each in spec.regions)
    return spec.target.requests_per_second * _weight(region) / max(1, together) or None


def _weight(region: Region) -> int:
    if region.role != "primary":
        return 0
    return 1 if region.weight is None else region.weight
