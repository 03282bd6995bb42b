"""A deployment on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.serving.plan.model import Plan, RegionPlan
from llmdeploy.serving.review.summary import summarise
from llmdeploy.serving.rollout.record import Record
from llmdeploy.stacks import names
from llmdeploy.stacks.record import export_record

if TYPE_CHECKING:
    from llmdeploy.modules.local import LocalGateway, LocalRegion


def deploy_local(plan: Plan, run_dir: str, key_rotation: str = "", record: Record | None = None) -> None:
    """Declare everything the plan names, and export what a user needs of it.

    Args:
        run_dir: the folder of a local deployment's files.
        key_rotation: another value than the last draws a new API key.
        record: what the stack is to remember of its versions.
    """
    regions = _regions(plan, run_dir)
    gateway = _gateway(plan, run_dir, key_rotation, list(regions.values()))
    _export(plan, regions, gateway)
    export_record(record)


def _regions(plan: Plan, run_dir: str) -> dict[str, LocalRegion]:
    from llmdeploy.modules.local import LocalRegion

    return {
        region.name: LocalRegion(
            names.region(region.name),
            region,
            folder=str(Path(run_dir) / region.location),
            replica_names=_replica_names(region),
            health=plan.gateway.health,
        )
        for region in plan.regions
    }


def _replica_names(region: RegionPlan) -> Mapping[str, str]:
    return {name: names.replica(region.name, name) for fleet in region.fleets for name in fleet.replica_names}


def _gateway(plan: Plan, run_dir: str, key_rotation: str, regions: Sequence[LocalRegion]) -> LocalGateway:
    from llmdeploy.modules.local import LocalGateway

    return LocalGateway(
        names.GATEWAY,
        plan.gateway,
        plan.regions,
        backends=[backend for region in regions for backend in region.backends],
        folder=str(Path(run_dir) / names.GATEWAY),
        key_name=names.API_KEY,
        rotation=key_rotation,
    )


def _export(plan: Plan, regions: Mapping[str, LocalRegion], gateway: LocalGateway) -> None:
    import pulumi

    first = plan.regions[0].name
    pulumi.export("name", plan.name)
    pulumi.export("spec_digest", plan.spec_digest)
    pulumi.export("plan", summarise(plan).model_dump(mode="json", exclude_none=True))
    pulumi.export("model", plan.model.model_dump(mode="json"))
    pulumi.export("evacuated", [region.name for region in plan.regions if region.evacuated])
    pulumi.export("endpoint", gateway.endpoints.apply(lambda endpoints: endpoints[first]))
    pulumi.export("entries", gateway.endpoints)
    pulumi.export("api_key", gateway.api_key)
    pulumi.export("servers", {region.name: _server(region) for region in plan.regions})
    pulumi.export(
        "replicas",
        {
            name: {
                "region": region.name,
                "port": replica.port,
                "log": replica.log,
                "metrics_path": fleet.server.metrics_path,
                "revision": plan.revision_in(fleet),
            }
            for region in plan.regions
            for fleet in region.fleets
            for name in fleet.replica_names
            for replica in [regions[region.name].replicas[name]]
        },
    )


def _server(region: RegionPlan) -> Mapping[str, str]:
    """What really serves in the region."""
    server = region.server
    return {"kind": server.kind, "weights": server.weights, "substitution": server.substitution}
