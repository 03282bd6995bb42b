"""The instances of each cloud region, and the container that runs on them."""

from __future__ import annotations

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.managed.ask import ManagedAsk
from llmdeploy.serving.managed.plans import managed_plan
from llmdeploy.serving.placement.ask import RegionAsk
from llmdeploy.serving.placement.place import Option, Placement, place
from llmdeploy.serving.plan.asks import region_asks
from llmdeploy.serving.plan.container import container
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.managed import ManagedPlan
from llmdeploy.serving.plan.managed_decision import decided_on_service
from llmdeploy.serving.plan.model import RegionPlan, ServerPlan
from llmdeploy.serving.plan.placed import hardware_plan
from llmdeploy.serving.plan.replicas import target_load
from llmdeploy.serving.plan.runtime_adapters import decided_on_adapters
from llmdeploy.serving.plan.start import check_start, region_start
from llmdeploy.serving.plan.unplaced import refuse_region
from llmdeploy.serving.startup.plan import StartupPlan


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
        try:
            region = _region(draft, index, ask, placement, placement.chosen)
        except LlmdeployError as error:  # the cloud's own service cannot run it
            draft = draft.refused(("regions", index), error.problem, error.mend)
            continue
        regions.append(region)
        draft = _decided(draft, ask, placement, placement.chosen, region.managed)
        if region.startup is not None:
            draft = check_start(draft, index, region.name, region.startup, region.managed)
    if draft.problems:
        return draft
    server = regions[0].server
    return decided_on_adapters(draft, server.adapters).having(regions=tuple(regions), server=server)


def _region(draft: Draft, index: int, ask: RegionAsk, placement: Placement, chosen: Option) -> RegionPlan:
    region = draft.spec.regions[index]
    names = [each.name for each in draft.spec.regions]
    launch = container(draft, chosen)
    most = max(chosen.replicas, ask.least)
    start = region_start(ask, chosen, launch)
    server = _server(draft, ask, chosen, launch, start)
    return RegionPlan(
        name=region.name,
        provider=region.provider,
        location=region.location,
        weight=1 if region.weight is None else region.weight,
        min_replicas=ask.least,
        max_replicas=most,
        failover=(*names[index + 1 :], *names[:index]),
        server=server,
        hardware=hardware_plan(ask, placement, chosen),
        managed=_managed(draft, ask, chosen, launch, start),
        turn=region.role,
        startup=start,
        target_load=target_load(draft.spec, region, server.concurrency),
    )


def _managed(
    draft: Draft, ask: RegionAsk, chosen: Option, launch: Launch, start: StartupPlan
) -> ManagedPlan | None:
    if ask.managed is None:
        return None
    assert draft.model is not None
    region = next(each for each in draft.spec.regions if each.name == ask.region)
    return managed_plan(
        ask.managed,
        ManagedAsk(
            spec=draft.spec,
            region=region,
            model=draft.model,
            chosen=chosen,
            launch=launch,
            start=start,
            least=ask.least,
        ),
    )


def _server(draft: Draft, ask: RegionAsk, chosen: Option, launch: Launch, start: StartupPlan) -> ServerPlan:
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
        startup_timeout_s=start.timeout_s,
        drain_timeout_s=launch.drain.timeout_s or 30.0,
        launch=launch,
        adapters=launch.runtime_adapters,
    )


def _decided(
    draft: Draft, ask: RegionAsk, placement: Placement, chosen: Option, managed: ManagedPlan | None
) -> Draft:
    instance, found = chosen.instance, chosen.fit
    assert found is not None
    if ask.managed is not None:
        draft = decided_on_service(draft, ask, chosen, managed)
    if ask.managed is None or not managed_service(ask.managed).own_units:
        draft = _decided_on_hardware(draft, ask, placement, chosen)
    if found.sizing is not None and not found.sizing.certain:
        draft = draft.warned(f"{ask.region}: whether it fits {instance.name} is within the estimate's error")
    if chosen.price is not None and chosen.price.estimated:
        draft = draft.warned(f"{ask.region}: the price of {instance.name} is an estimate, no list price")
    return draft


def _decided_on_hardware(draft: Draft, ask: RegionAsk, placement: Placement, chosen: Option) -> Draft:
    instance = chosen.instance
    if ask.gpu is None or ask.count is None:
        draft = draft.decided(
            f"{ask.region}.hardware",
            f"{instance.name} ({chosen.gpus} × {instance.gpu})",
            "the cheapest that fits"
            + (" and meets the target" if draft.spec.target else "")
            + (", of those whose figures a source confirms" if placement.passed_over else ""),
        )
    if gpus()[instance.gpu].unverified:
        draft = draft.warned(_unsure(ask, placement, instance.gpu))
    if chosen.gpus < instance.gpus:
        draft = draft.warned(
            f"{ask.region}: {instance.name} has {instance.gpus} GPUs, the replica uses {chosen.gpus}"
        )
    return draft


def _unsure(ask: RegionAsk, placement: Placement, gpu: str) -> str:
    """What is not confirmed of the chosen GPU, and what would be sure."""
    sure = next(
        (
            f"; {one.instance.name} is sure, and {one.reason.removeprefix('fits, ')}"
            for one in placement.others
            if one.reason.startswith("fits") and not gpus()[one.instance.gpu].unverified
        ),
        "",
    )
    return f"{ask.region}: {gpu} is not wholly confirmed: {gpus()[gpu].unverified}{sure}"
