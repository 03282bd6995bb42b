"""The part of a plan that a reviewer compares: what serves where, and what it costs. Kept in the stack's
outputs, so that the next change knows what is there.
"""

from __future__ import annotations

from pydantic import Field

from llmdeploy.serving.frameworks.adapters import RuntimeAdapters
from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.plan.cost import CostPlan
from llmdeploy.serving.plan.model import Plan, RegionPlan


class RegionSummary(Frozen):
    """What serves in one region."""

    serves_with: str
    """The instance of a cloud, or the server on this machine."""
    gpu: str = ""
    """As the catalog calls it; empty without one."""
    gpus: int = 0
    """GPUs of each instance, all of which are paid for."""
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    purchase: str = ""
    image: str = ""
    least: int
    """Replicas."""
    most: int
    weight: int = 100


class AdapterRoom(Frozen):
    """What the running servers can take without a restart."""

    calls: str
    """The kind of server."""
    most: int
    rank: int


class CostSummary(Frozen):
    """USD an hour, and for a million tokens at the expected scale."""

    least_usd: float
    expected_usd: float
    most_usd: float
    million_tokens_usd: float
    estimated: bool
    limit_usd: float | None = None


class PlanSummary(Frozen):
    """A whole deployment."""

    spec_digest: str
    model: str
    revision: str | None = None
    served_name: str
    context_length: int
    adapters: tuple[str, ...] = ()
    """`NAME from SOURCE`."""
    adapter_room: AdapterRoom | None = Field(default=None, exclude_if=lambda room: room is None)
    """Where they come and go while replicas run."""
    framework: str
    framework_version: str
    quantization: str
    policy: str
    auth: str
    domain: str | None = None
    regions: dict[str, RegionSummary] = Field(default_factory=dict)
    cost: CostSummary | None = None
    """None where nothing is paid for."""


def summarise(plan: Plan) -> PlanSummary:
    """The summary of a plan."""
    model = plan.model
    return PlanSummary(
        spec_digest=plan.spec_digest,
        model=model.id,
        revision=model.revision,
        served_name=model.served_name,
        context_length=model.context_length,
        adapters=tuple(f"{adapter.name} from {adapter.source}" for adapter in model.adapters),
        adapter_room=_room(plan.regions[0].server.adapters),
        framework=plan.framework,
        framework_version=plan.framework_version,
        quantization=plan.quantization,
        policy=plan.gateway.policy,
        auth=plan.gateway.auth,
        domain=plan.domain,
        regions={region.name: _region(region) for region in plan.regions},
        cost=_cost(plan.cost) if plan.cost is not None else None,
    )


def summary_told(told: object) -> PlanSummary | None:
    """The summary that a stack keeps in its output `plan`; None where it has none, or another version's."""
    try:
        return PlanSummary.model_validate(told) if told else None
    except ValueError:
        return None


def _region(region: RegionPlan) -> RegionSummary:
    hardware, launch = region.hardware, region.server.launch
    replicas = {"least": region.min_replicas, "most": region.max_replicas, "weight": region.weight}
    if hardware is None:
        return RegionSummary(serves_with=region.server.kind, **replicas)
    return RegionSummary(
        serves_with=hardware.instance,
        gpu=hardware.gpu,
        gpus=hardware.instance_gpus,
        tensor_parallel=hardware.tensor_parallel,
        pipeline_parallel=hardware.pipeline_parallel,
        purchase=hardware.purchase,
        image=f"{launch.image}:{launch.tag}" if launch is not None else "",
        **replicas,
    )


def _room(adapters: RuntimeAdapters | None) -> AdapterRoom | None:
    if adapters is None:
        return None
    return AdapterRoom(calls=adapters.calls, most=adapters.most, rank=adapters.rank)


def _cost(cost: CostPlan) -> CostSummary:
    return CostSummary(
        least_usd=cost.least_usd,
        expected_usd=cost.expected_usd,
        most_usd=cost.most_usd,
        million_tokens_usd=cost.million_tokens_usd,
        estimated=cost.estimated,
        limit_usd=cost.limit_usd,
    )
