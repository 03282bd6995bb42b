"""The instances of each cloud region, and the container that runs on them."""

from __future__ import annotations

from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.placement.ask import RegionAsk
from llmdeploy.serving.placement.place import Option, Placement, place
from llmdeploy.serving.placement.startup import startup_budget_s
from llmdeploy.serving.plan.asks import region_asks
from llmdeploy.serving.plan.container import container
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.model import RegionPlan, ServerPlan
from llmdeploy.serving.plan.placed import hardware_plan
from llmdeploy.serving.plan.unplaced import refuse_region


def place_in_clouds(draft: Draft) -> Draft:
    """One RegionPlan a region of the spec; or the reasons for which nothing will do there."""
    if draft.architecture is None or draft.model is None:
        return draft
    if draft.spec.parallel is not None and (draft.spec.parallel.data or 1) > 1:
        return draft.refused(
            ("parallel", "data"),
            "copies of the model in one server cannot be placed by this version",
            "leave it out and raise scaling.min: each replica is a copy",
        )
    regions = []
    for index, ask in enumerate(region_asks(draft, draft.architecture, draft.model.context_length)):
        placement = place(ask, draft.price_overlay)
        if placement.chosen is None:
            draft = refuse_region(draft, index, ask, placement)
            continue
        regions.append(_region(draft, index, ask, placement, placement.chosen))
        draft = _decided(draft, ask, placement.chosen)
    if draft.problems:
        return draft
    return draft.having(regions=tuple(regions), server=regions[0].server)


def _region(draft: Draft, index: int, ask: RegionAsk, placement: Placement, chosen: Option) -> RegionPlan:
    region = draft.spec.regions[index]
    names = [each.name for each in draft.spec.regions]
    launch = container(draft, chosen)
    most = max(chosen.replicas, ask.least)
    return RegionPlan(
        name=region.name,
        provider=region.provider,
        location=region.location,
        weight=1 if region.weight is None else region.weight,
        min_replicas=ask.least,
        max_replicas=most,
        failover=(*names[index + 1 :], *names[:index]),
        server=_server(draft, ask, chosen, launch),
        hardware=hardware_plan(ask, placement, chosen),
    )


def _server(draft: Draft, ask: RegionAsk, chosen: Option, launch: Launch) -> ServerPlan:
    found = chosen.fit
    assert found is not None
    assert found.sizing is not None
    load = ask.replica.workload
    room = max(1, found.sizing.kv_tokens // (load.input_tokens + load.output_tokens))
    batch = ask.replica.concurrency or room
    return ServerPlan(
        kind="container",
        command=launch.command,
        environment=launch.environment,
        weights=draft.spec.model.id,
        health_path=launch.ready_path,
        metrics_path=launch.metrics_path,
        concurrency=min(room, batch),
        startup_timeout_s=startup_budget_s(found.sizing.weights_total_gib, chosen.instance),
        drain_timeout_s=launch.drain.timeout_s or 30.0,
        launch=launch,
    )


def _decided(draft: Draft, ask: RegionAsk, chosen: Option) -> Draft:
    instance, found = chosen.instance, chosen.fit
    assert found is not None
    if ask.gpu is None or ask.count is None:
        draft = draft.decided(
            f"{ask.region}.hardware",
            f"{instance.name} ({chosen.gpus} × {instance.gpu})",
            "the cheapest that fits" + (" and meets the target" if draft.spec.target else ""),
        )
    if chosen.gpus < instance.gpus:
        draft = draft.warned(
            f"{ask.region}: {instance.name} has {instance.gpus} GPUs, the replica uses {chosen.gpus}"
        )
    if found.sizing is not None and not found.sizing.certain:
        draft = draft.warned(f"{ask.region}: whether it fits {instance.name} is within the estimate's error")
    if chosen.price is not None and chosen.price.estimated:
        draft = draft.warned(f"{ask.region}: the price of {instance.name} is an estimate, no list price")
    return draft
