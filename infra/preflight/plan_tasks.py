"""Which checks a plan asks for, and in which order they make sense."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path

from llmdeploy.infra.preflight.checks import account, artifacts, capacity
from llmdeploy.infra.preflight.checks.budget import budget
from llmdeploy.infra.preflight.checks.quota import quota
from llmdeploy.infra.preflight.clouds.protocol import Clients, Cloud, Held
from llmdeploy.infra.preflight.digests import Digests
from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.infra.preflight.needs import QuotaNeed, project_needs, region_needs
from llmdeploy.infra.preflight.task import Task
from llmdeploy.serving.catalog.regions import CLOUDS
from llmdeploy.serving.gateway.images import GATEWAYS
from llmdeploy.serving.plan.model import Plan, RegionPlan
from llmdeploy.serving.spec.model import source_kind
from llmdeploy.stacks.pins import Pins


@dataclass(slots=True)
class Resolved:
    """What the checks find out on the way, by the names of `llmdeploy.stacks.pins.Pins`."""

    images: dict[str, str] = field(default_factory=dict)
    machine_images: dict[str, str] = field(default_factory=dict)
    zones: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mirrored: set[str] = field(default_factory=set)
    """Regions whose bucket holds all of the model, so that the hub is not needed."""

    @property
    def pins(self) -> Pins:
        """What is kept for the next time."""
        return Pins(images=self.images, machine_images=self.machine_images, zones=self.zones)


@dataclass(frozen=True, slots=True)
class Preflight:
    """What is checked, and with what.

    Args:
        home: the folder of the llmdeploy home, where image digests are remembered.
        pins: of the stack's last `up`; what they name is not asked for again.
        refresh_images: ask for the digests that are only remembered.
    """

    plan: Plan
    clients: Clients
    home: Path
    pins: Pins = field(default_factory=Pins)
    refresh_images: bool = False


def tasks_of(preflight: Preflight, resolved: Resolved) -> Iterator[Task]:
    """Every check of the plan; a cloud's wait for its credentials, a region's for the region."""
    plan = preflight.plan
    for provider in CLOUDS:
        regions = [each for each in plan.regions if each.provider == provider]
        if regions:
            yield _cloud_tasks(preflight, resolved, provider, regions)
    yield from _image_tasks(preflight, resolved)
    yield from _hub_tasks(preflight)
    cost = plan.cost
    if cost is not None:
        yield Task("", "budget", "the budget", lambda: budget(cost))


def _cloud_tasks(
    preflight: Preflight, resolved: Resolved, provider: str, regions: Sequence[RegionPlan]
) -> Task:
    """The credentials, and after them everything that needs them."""
    plan = preflight.plan
    cloud = _lazily(preflight.clients.clouds[provider])

    @cache
    def held(location: str) -> Held:
        return cloud().held(location, plan.stack_name)

    def quota_task(need: QuotaNeed) -> Task:
        return Task(need.where, "quota", need.what, lambda: quota(need, cloud(), held))

    def region_task(region: RegionPlan) -> Task:
        then = [
            *map(quota_task, region_needs(region)),
            *_zone_tasks(region, cloud, resolved),
            *_region_tasks(region, cloud, resolved, preflight.pins),
            *_bucket_tasks(region, cloud, resolved, plan),
        ]
        return Task(
            region.name, "region", "the region", lambda: capacity.region_enabled(region, cloud()), then
        )

    managed = {each.managed.service for region in regions for each in region.fleets if each.managed}
    account_tasks = [
        Task(provider, "permissions", "permissions", lambda: account.permissions(provider, cloud(), managed)),
        *map(quota_task, project_needs(plan) if provider == "gcp" else ()),
    ]
    if provider in ("gcp", "azure"):
        account_tasks.append(
            Task(provider, "services", "APIs", lambda: account.services(provider, cloud(), managed))
        )
    domain = plan.domain
    if domain is not None and provider == _dns_provider(plan):
        account_tasks.append(
            Task(provider, "domain", domain, lambda: account.domain(provider, cloud(), domain))
        )
    return Task(
        provider,
        "credentials",
        "valid credentials",
        lambda: account.credentials(provider, cloud()),
        [*account_tasks, *map(region_task, regions), *_own_weights(plan, provider, cloud, regions)],
    )


def _zone_tasks(region: RegionPlan, cloud: Callable[[], Cloud], resolved: Resolved) -> Iterator[Task]:
    """For the instances of each version, in the middle of a rollout."""
    by_instance = {
        version.hardware.instance: version
        for version in region.fleets
        if version.hardware and not version.managed
    }
    for instance, version in by_instance.items():

        def check(version: RegionPlan = version) -> Finding:
            assert version.hardware is not None
            return capacity.zones(version, version.hardware, cloud(), resolved.zones)

        yield Task(region.name, "zones", instance, check)


def _region_tasks(
    region: RegionPlan, cloud: Callable[[], Cloud], resolved: Resolved, pins: Pins
) -> Iterator[Task]:
    hardware = region.hardware
    if hardware is None or region.managed is not None:
        return
    yield Task(
        region.name,
        "machine-image",
        "a machine image",
        lambda: capacity.machine_image(
            region, cloud(), pins.machine_images.get(region.name), resolved.machine_images
        ),
    )
    if hardware.purchase != "on-demand":
        yield Task(
            region.name, "spot", "spot capacity", lambda: capacity.spot_odds(region, hardware, cloud())
        )


def _bucket_tasks(
    region: RegionPlan, cloud: Callable[[], Cloud], resolved: Resolved, plan: Plan
) -> Iterator[Task]:
    if source_kind(plan.model.id) == "hub" and region.has_gateway:
        yield Task(
            region.name,
            "weights",
            "weights in the region's bucket",
            lambda: artifacts.mirrored_weights(
                region, plan.model, plan.stack_name, cloud(), resolved.mirrored
            ),
        )


def _own_weights(
    plan: Plan, provider: str, cloud: Callable[[], Cloud], regions: Sequence[RegionPlan]
) -> Iterator[Task]:
    location, schemes = regions[0].location, {"aws": "s3://", "gcp": "gs://"}
    for source, _ in _sources(plan):
        if provider in schemes and source.startswith(schemes[provider]):

            def check(source: str = source) -> Finding:
                return artifacts.own_weights(source, location, cloud())

            yield Task("", "weights", source, check)


def _sources(plan: Plan) -> Iterator[tuple[str, str | None]]:
    """Where the model and its adapters come from, with the revision."""
    yield plan.model.id, plan.model.revision
    yield from ((adapter.source, None) for adapter in plan.model.adapters)


def _image_tasks(preflight: Preflight, resolved: Resolved) -> Iterator[Task]:
    # Those of the simulated clouds are made up, and must never be taken for real ones.
    file = None if preflight.clients.simulated else preflight.home / "images.json"
    digests = Digests(file, preflight.pins.images, refresh=preflight.refresh_images)
    for reference in _images(preflight.plan):

        def check(reference: str = reference) -> Finding:
            return artifacts.image(reference, preflight.clients.registry, digests, resolved.images)

        yield Task("", "image", reference, check)


def _images(plan: Plan) -> Iterator[str]:
    """`image:tag` of everything that runs in the clouds, each once."""
    versions = [version for region in plan.regions for version in region.fleets]
    launches = [each.server.launch for each in versions if each.server.launch is not None]
    servers = [f"{each.image}:{each.tag}" for each in launches]
    gateways = [GATEWAYS[each.provider] for each in plan.regions if each.provider in GATEWAYS]
    yield from dict.fromkeys(chain(servers, *gateways))


def _hub_tasks(preflight: Preflight) -> Iterator[Task]:
    for source, revision in _sources(preflight.plan):
        if source_kind(source) == "hub":

            def check(source: str = source, revision: str | None = revision) -> Finding:
                return artifacts.hub_weights(source, revision, preflight.clients.hub)

            yield Task("", "weights", source, check)


def _dns_provider(plan: Plan) -> str:
    """Where the domain's records go: Route 53 as soon as a region is in AWS."""
    return "aws" if any(each.provider == "aws" for each in plan.regions) else "gcp"


def _lazily(make: Callable[[], Cloud]) -> Callable[[], Cloud]:
    """The cloud, made by the first task, which all others follow."""
    return cache(make)
