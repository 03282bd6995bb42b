"""A placement as a part of the plan."""

from __future__ import annotations

from llmdeploy.serving.catalog.instances import zones_offering
from llmdeploy.serving.placement.ask import RegionAsk
from llmdeploy.serving.placement.place import Option, Placement
from llmdeploy.serving.plan.hardware import HardwarePlan, MemoryPlan, RunnerUp, SpeedPlan
from llmdeploy.serving.sizing.result import Sizing
from llmdeploy.serving.speed.result import Capacity

RUNNERS_UP = 8
"""Those that a plan keeps, the cheapest of those that can first."""


def hardware_plan(ask: RegionAsk, placement: Placement, chosen: Option) -> HardwarePlan:
    """The chosen hardware with its memory, speed and price, and the runners-up."""
    found, paid = chosen.fit, chosen.price
    assert found is not None
    assert paid is not None
    assert found.sizing is not None
    assert found.capacity is not None
    return HardwarePlan(
        instance=paid.instance,
        gpu=chosen.instance.gpu,
        gpus=chosen.gpus,
        instance_gpus=chosen.instance.gpus,
        tensor_parallel=found.tensor,
        pipeline_parallel=found.pipeline,
        purchase=ask.purchase,
        hourly_usd=paid.hourly_usd,
        fallback_usd=chosen.fallback.hourly_usd if chosen.fallback else None,
        fallback_estimated=chosen.fallback.estimated if chosen.fallback else False,
        price_source=paid.source,
        price_checked=paid.checked,
        price_estimated=paid.estimated,
        zones=zones_offering(ask.region, chosen.instance.name),
        memory=_memory(found.sizing),
        speed=_speed(ask, found.capacity),
        runners_up=tuple(_runner_up(one) for one in placement.others[:RUNNERS_UP]),
    )


def _memory(sizing: Sizing) -> MemoryPlan:
    memory = sizing.memory
    return MemoryPlan(
        total_gib=round(memory.total, 2),
        weights_gib=round(memory.weights, 2),
        overhead_gib=round(memory.activation + memory.cuda_graphs + memory.non_torch, 2),
        kv_gib=round(sizing.kv_gib, 2),
        kv_tokens=sizing.kv_tokens,
        full_contexts=round(sizing.concurrency, 2),
        band_gib=round(sizing.band_gib, 2),
        certain=sizing.certain,
    )


def _speed(ask: RegionAsk, found: Capacity) -> SpeedPlan:
    load, speed = ask.replica.workload, found.speed
    return SpeedPlan(
        input_tokens=load.input_tokens,
        output_tokens=load.output_tokens,
        requests_per_second=round(found.requests_per_second, 3),
        output_tokens_per_second=round(found.requests_per_second * load.output_tokens, 1),
        ttft_p95_s=round(speed.ttft_p95, 4),
        tpot_p95_s=round(speed.tpot_p95, 5),
        limited_by=found.limited_by,
        band=round(speed.band, 3),
        source=speed.source,
    )


def _runner_up(option: Option) -> RunnerUp:
    usd = option.hourly_usd
    return RunnerUp(
        instance=option.price.instance if option.price else option.instance.name,
        gpu=option.instance.gpu,
        gpus=option.gpus,
        hourly_usd=None if usd is None else round(usd, 4),
        estimated=option.price.estimated if option.price else False,
        reason=option.reason,
    )
