"""A deployment in clouds: keys, what each cloud shares, the regions by themselves, and what joins them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.gateway.managed import NO_HOSTS
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.review.summary import summarise
from llmdeploy.stacks import names
from llmdeploy.stacks.facts import Facts
from llmdeploy.stacks.independence import keep_regions_apart
from llmdeploy.stacks.keys import Keys, make_keys
from llmdeploy.stacks.pins import Pins
from llmdeploy.stacks.program import Settings
from llmdeploy.stacks.record import export_record
from llmdeploy.stacks.steering import LISTINGS

if TYPE_CHECKING:
    import pulumi

    from llmdeploy.stacks.aws import AwsPart
    from llmdeploy.stacks.azure import AzurePart
    from llmdeploy.stacks.gcp import GcpPart


def deploy_clouds(plan: Plan, settings: Settings) -> None:
    """Declare everything the plan names, and export what a user needs of it.

    No region takes anything of another but a name in its private DNS, so one that fails keeps back no other.
    """
    keep_regions_apart()
    deployment = Deployment(plan.name, settings.stack, plan.spec_digest)
    keys = make_keys(plan, settings.key_rotation)
    zone = _public_zone(plan)
    azure = _azure(plan, deployment, settings, keys)
    hosts = azure.hosts if azure else NO_HOSTS
    aws = _aws(plan, deployment, settings, keys, zone, hosts)
    gcp = _gcp(plan, deployment, settings, keys, hosts)
    trusted = _trusted(aws, gcp)
    if azure:
        azure.make_regions()
    if aws:
        aws.make_regions(trusted)
        aws.join_regions()
    if gcp:
        gcp.make_regions(trusted)
        gcp.make_front()
    _name_peers(plan, aws, gcp)
    _name_domain(plan, deployment, aws, gcp, zone)
    _export(plan, settings, keys, trusted, aws, gcp, azure)
    export_record(settings.record)


def _uses(plan: Plan, provider: str) -> bool:
    return any(region.provider == provider for region in plan.regions)


def _public_zone(plan: Plan) -> str | None:
    """In Route 53, where AWS takes part: it can tell whether a front in another cloud is well."""
    if plan.domain is None or not _uses(plan, "aws"):
        return None
    from llmdeploy.modules.aws.lookups import hosted_zone_id

    return hosted_zone_id(plan.domain)


def _azure(plan: Plan, deployment: Deployment, settings: Settings, keys: Keys) -> AzurePart | None:
    if not _uses(plan, "azure"):
        return None
    from llmdeploy.stacks.azure import AzurePart

    assert keys.azure is not None
    return AzurePart(plan, deployment, settings, keys.azure)


def _aws(
    plan: Plan,
    deployment: Deployment,
    settings: Settings,
    keys: Keys,
    zone: str | None,
    hosts: Mapping[str, str],
) -> AwsPart | None:
    if not _uses(plan, "aws"):
        return None
    from llmdeploy.stacks.aws import AwsPart

    return AwsPart(plan, deployment, settings, keys, zone, hosts)


def _gcp(
    plan: Plan, deployment: Deployment, settings: Settings, keys: Keys, hosts: Mapping[str, str]
) -> GcpPart | None:
    if not _uses(plan, "gcp"):
        return None
    from llmdeploy.stacks.gcp import GcpPart

    return GcpPart(plan, deployment, settings, keys, hosts)


def _trusted(aws: AwsPart | None, gcp: GcpPart | None) -> pulumi.Output[str] | None:
    """The certificates of all fronts that have signed their own."""
    import pulumi

    own = [part.trusted for part in (aws, gcp) if part is not None and part.trusted is not None]
    return pulumi.Output.all(*own).apply("".join) if own else None


def _name_peers(plan: Plan, aws: AwsPart | None, gcp: GcpPart | None) -> None:
    if sum(region.has_gateway for region in plan.regions) == 1:
        return
    if aws:
        aws.name_peers(gcp.entries if gcp else {})
    if gcp:
        gcp.name_peers(aws.entries if aws else {})


def _name_domain(
    plan: Plan, deployment: Deployment, aws: AwsPart | None, gcp: GcpPart | None, zone: str | None
) -> None:
    if plan.domain is None:
        return
    if aws is None:
        assert gcp is not None
        gcp.name_domain(plan.domain)
        return
    from llmdeploy.modules.aws.public_dns import PublicDns, PublicFront, prove_domain

    assert zone is not None
    fronts = {"aws": aws.public_front}
    if gcp:
        regions = [region for region in plan.regions if region.provider == "gcp"]
        fronts["gcp"] = PublicFront(
            region=regions[0].name, address=gcp.front, weight=sum(region.weight for region in regions)
        )
        if gcp.proof is not None:
            prove_domain(names.cloud("gcp", names.PROOF), zone, *gcp.proof)
    ordered = dict.fromkeys(region.provider for region in plan.regions if region.has_gateway)
    PublicDns(
        names.DOMAIN,
        deployment,
        plan.domain,
        zone,
        plan.gateway.policy,
        [fronts[provider] for provider in ordered],
    )


def _export(
    plan: Plan,
    settings: Settings,
    keys: Keys,
    trusted: pulumi.Output[str] | None,
    aws: AwsPart | None,
    gcp: GcpPart | None,
    azure: AzurePart | None,
) -> None:
    import pulumi

    parts = {"aws": aws, "gcp": gcp}
    open_ = [region for region in plan.regions if region.has_gateway]
    first = parts[open_[0].provider]
    assert first is not None
    entries = {name: host for part in parts.values() if part for name, host in part.entries.items()}
    known = (*parts.values(), azure)
    facts = {name: found for part in known if part for name, found in part.facts().items()}
    pins = _pins(settings.pins, aws, gcp).model_dump(mode="json")
    for region in plan.regions:
        Facts(names.facts(names.region(region.name)), facts[region.name])
    Facts(names.facts(names.PINS), {"pins": pins})
    pulumi.export("name", plan.name)
    pulumi.export("spec_digest", plan.spec_digest)
    pulumi.export("plan", summarise(plan).model_dump(mode="json", exclude_none=True))
    pulumi.export("model", plan.model.model_dump(mode="json"))
    pulumi.export("evacuated", [region.name for region in plan.regions if region.evacuated])
    pulumi.export("endpoint", _url(plan.domain or first.front))
    pulumi.export("entries", {region.name: _url(entries[region.name]) for region in open_})
    pulumi.export("api_key", keys.client)
    pulumi.export("trusted", trusted)
    pulumi.export("regions", {region.name: facts[region.name] for region in plan.regions})
    pulumi.export("pins", pins)
    pulumi.export(
        LISTINGS, {name: text for part in parts.values() if part for name, text in part.listings.items()}
    )
    if settings.hub_token is not None:
        pulumi.export("hub_token", pulumi.Output.secret(settings.hub_token))


def _pins(given: Pins, aws: AwsPart | None, gcp: GcpPart | None) -> Pins:
    found = Pins(images=given.images)
    for part in (aws, gcp):
        found = found.over(part.pins()) if part else found
    return found


def _url(host: str | pulumi.Output[str]) -> pulumi.Output[str]:
    import pulumi

    return pulumi.Output.concat("https://", host, "/v1")
