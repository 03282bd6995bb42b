"""Traffic alone: a change of routes in some regions, and nothing else of the program.

After a bad verdict every second counts, and an update of everything takes many: hundreds of resources are
asked about that stay as they are. An update with targets touches nothing but these, and keeps in the state
what its program leaves out. So this program declares the gateways' files that are others, with the list that
names them, and says the outputs again. What else a plan changes waits for the next update of everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.gateway.cloud import gateway_objects
from llmdeploy.serving.gateway.files import TRUSTED_FILE
from llmdeploy.serving.gateway.managed import unfilled
from llmdeploy.serving.node.sidecar import FILE_LIST, file_sum, listed_sums, relisted
from llmdeploy.serving.plan.model import Plan, RegionPlan
from llmdeploy.stacks import names
from llmdeploy.stacks.hosts import known_hosts
from llmdeploy.stacks.program import Settings
from llmdeploy.stacks.record import export_record

LISTINGS: Final = "gateway_files"
"""The output with the list of each region's gateway files."""
_SECRET: Final = frozenset({"api_key", "hub_token"})


@dataclass(frozen=True, slots=True)
class Steered:
    """What changes in a region.

    Args:
        files: of the gateway, by name, in the order in which they are put in place.
        listing: the list of all its files then.
    """

    region: RegionPlan
    bucket: str
    files: Mapping[str, str]
    listing: str

    @property
    def targets(self) -> list[str]:
        """The resources that the update is held to: patterns of URNs."""
        region = names.region(self.region.name)
        return [f"**BucketObject*::{region}-**gateway-{file}" for file in (*self.files, FILE_LIST)]


def steered(plan: Plan, regions: Iterable[str], outputs: Mapping[str, Any]) -> tuple[Steered, ...] | None:
    """What a plan changes in the gateways of some regions; None where only an update of everything can: the
    stack does not tell which files they have, or there are to be others.

    Args:
        outputs: the stack's.
    """
    hosts = known_hosts(plan, outputs)
    if hosts is None:
        return None
    found = [_steered(plan, region, hosts, outputs) for region in _asking(plan, regions)]
    known = tuple(each for each in found if each is not None)
    return known if len(known) == len(found) else None


def _asking(plan: Plan, regions: Iterable[str]) -> list[RegionPlan]:
    """Those whose gateways tell the versions of these regions apart: all, where one has none of its own."""
    wanted = set(regions)
    everywhere = any(not plan.region(name).has_gateway for name in wanted)
    return [each for each in plan.regions if each.has_gateway and (everywhere or each.name in wanted)]


def _steered(
    plan: Plan, region: RegionPlan, hosts: Mapping[str, str], outputs: Mapping[str, Any]
) -> Steered | None:
    listing = outputs.get(LISTINGS, {}).get(region.name)
    if listing is None:
        return None
    texts, sums = gateway_objects(plan, region, plan.domain, hosts), listed_sums(listing)
    if set(texts) != set(sums):
        return None
    files = {
        name: text
        for name, text in texts.items()
        # What is filled in by the program, endpoints and certificates, says nothing of weights.
        if name != TRUSTED_FILE and not unfilled(text) and file_sum(text) != sums[name]
    }
    return Steered(region, outputs["regions"][region.name]["bucket"], files, relisted(listing, files))


def lists_files(resource: str) -> bool:
    """Whether a resource, by its logical name, is the list of a gateway's files, which is written last."""
    return resource.endswith(f"gateway-{FILE_LIST}")


def steer_clouds(
    changes: Iterable[Steered], plan: Plan, settings: Settings, outputs: Mapping[str, Any]
) -> None:
    """Declare what changes, and export what the stack knows.

    Args:
        outputs: the stack's, with its secrets.
    """
    import pulumi

    deployment = Deployment(plan.name, settings.stack, plan.spec_digest)
    for change in changes:
        _rewrite(deployment, plan, change)
    for name, value in told(changes, outputs).items():
        pulumi.export(name, pulumi.Output.secret(value) if name in _SECRET else value)
    export_record(settings.record)


def told(changes: Iterable[Steered], outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The stack's outputs, when the changes are made."""
    listings = {change.region.name: change.listing for change in changes}
    return {**outputs, LISTINGS: {**outputs[LISTINGS], **listings}}


def _rewrite(deployment: Deployment, plan: Plan, change: Steered) -> None:
    region, name = change.region, names.region(change.region.name)
    if region.provider == "gcp":
        from llmdeploy.modules.gcp import gateway_objects as gcp

        gcp.rewrite_gateway_objects(name, change.bucket, change.files, change.listing)
        return
    from llmdeploy.modules.aws import gateway_objects as aws
    from llmdeploy.modules.aws.scope import Scope

    scope = Scope(name, region.location, deployment, plan.protected)
    aws.rewrite_gateway_objects(scope, change.bucket, change.files, change.listing)
