"""How the replicas of a region start, as a part of its plan."""

from __future__ import annotations

from dataclasses import replace

from llmdeploy.serving.catalog.frameworks import quantization_support
from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.frameworks.from_spec import LOADING_METHODS
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.placement.ask import RegionAsk, ReplicaAsk
from llmdeploy.serving.placement.fit import SIXTEEN_BIT, sizing_request
from llmdeploy.serving.placement.place import Option
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.managed import ManagedPlan
from llmdeploy.serving.sizing.size import size
from llmdeploy.serving.startup.budget import MOST_S, StartupAsk, startup_plan
from llmdeploy.serving.startup.plan import StartupPlan


def region_start(ask: RegionAsk, chosen: Option, launch: Launch) -> StartupPlan:
    """The budget of a start on the chosen instance."""
    found = chosen.fit
    assert found is not None
    assert found.sizing is not None
    return startup_plan(
        StartupAsk(
            server=ask.replica.server,
            instance=chosen.instance,
            stored_gib=_stored_gib(ask.replica, chosen, found.sizing.weights_total_gib),
            loaded_gib=found.sizing.weights_total_gib,
            probe_timeout_s=launch.probe_timeout_s,
        )
    )


def check_start(
    draft: Draft, index: int, region: str, start: StartupPlan, managed: ManagedPlan | None = None
) -> Draft:
    """Refuse a start that the cloud would never let end; warn of one that is cut short on a bad day."""
    parts = ", ".join(f"{part.name} {part.seconds / 60:.0f} min" for part in start.parts)
    if managed is not None:
        if managed.container is None or start.expected_s <= managed.startup_timeout_s:
            return draft
        return draft.refused(
            ("regions", index),
            f"a replica takes {start.expected_s / 60:.0f} minutes to start ({parts}), and a {managed.shown} "
            f"gives it {managed.startup_timeout_s / 60:.0f}",
            "use smaller or quantized weights, or "
            + ("an aws or gcp region" if region.startswith("azure/") else "variant: self-hosted"),
        )
    gcp = region.startswith("gcp/")
    if gcp and start.expected_s > MOST_S:
        return draft.refused(
            ("regions", index),
            f"a replica takes {start.expected_s / 60:.0f} minutes to start ({parts}), and a managed instance "
            f"group replaces one that is not ready after {MOST_S // 60}",
            "use smaller or quantized weights, or hardware with its own NVMe (`hardware.gpu`)",
        )
    if start.timeout_s > MOST_S:
        consequence = f"; the instance group gives it {MOST_S // 60}" if gcp else ""
        return draft.warned(
            f"{region}: a replica may take up to {start.timeout_s / 60:.0f} minutes to start{consequence}"
        )
    return draft


def _stored_gib(replica: ReplicaAsk, chosen: Option, loaded_gib: float) -> float:
    """What the bucket holds: the checkpoint as published, where the server quantizes while it loads."""
    if replica.architecture.native not in SIXTEEN_BIT or replica.weights in ("none", *SIXTEEN_BIT):
        return loaded_gib
    ways = [row.method for row in quantization_support(replica.server) if row.weights == replica.weights]
    if not any(way in LOADING_METHODS and replica.method in (None, way) for way in ways):
        return loaded_gib
    published = replace(replica, weights="none", method=None)
    assert chosen.fit is not None
    return size(sizing_request(published, gpus()[chosen.instance.gpu], chosen.fit.tensor)).weights_total_gib
