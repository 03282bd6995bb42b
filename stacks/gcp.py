"""All that a deployment has in Google's cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.gateway.cloud import front_name
from llmdeploy.serving.gateway.managed import NO_HOSTS
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot
from llmdeploy.stacks import names
from llmdeploy.stacks.keys import Keys
from llmdeploy.stacks.pins import Pins, slot_key, zones_key
from llmdeploy.stacks.program import Settings

if TYPE_CHECKING:
    import pulumi

    from llmdeploy.modules.gcp.certificate import GcpCertificate
    from llmdeploy.modules.gcp.region import GcpRegion


class GcpPart:
    """What is shared first; then each region by itself; then the front over those that came up.

    Args:
        hosts: of the endpoints of regions without gateways, by region.
    """

    trusted: pulumi.Output[str] | None = None
    """The fronts' own certificate (PEM), where no authority has signed one."""

    def __init__(
        self,
        plan: Plan,
        deployment: Deployment,
        settings: Settings,
        keys: Keys,
        hosts: Mapping[str, str] = NO_HOSTS,
    ) -> None:
        import pulumi

        from llmdeploy.modules.gcp.shared import GcpShared

        self._plan, self._deployment, self._pins, self._hosts = plan, deployment, settings.pins, hosts
        self._project = settings.project or _project()
        self._regions = [region for region in plan.regions if region.provider == "gcp"]
        token = settings.hub_token
        self._shared = GcpShared(
            names.cloud("gcp", names.SHARED),
            deployment,
            plan,
            self._project,
            keys.document,
            None if token is None else pulumi.Output.secret(token),
        )
        self._certificate = self._make_certificate()
        self._newest: dict[tuple[str, str], str] = {}
        self.made: Mapping[str, GcpRegion] = {}

    @property
    def front(self) -> pulumi.Output[str]:
        """The address that clients connect to."""
        return self._shared.addresses.front

    @property
    def entries(self) -> Mapping[str, pulumi.Output[str]]:
        """The address of each region."""
        return self._shared.addresses.regions

    def make_regions(self, trusted: pulumi.Output[str] | None) -> None:
        """Fleets and gateways.

        Args:
            trusted: the certificates that gateways verify each other's fronts with.
        """
        self.made = {region.name: self._region(region, trusted) for region in self._regions}

    def make_front(self) -> None:
        """The load balancers over the regions' gateways."""
        from llmdeploy.modules.gcp.front import GcpFront
        from llmdeploy.modules.gcp.observability import GcpObservability

        front = GcpFront(
            names.cloud("gcp", names.FRONT),
            self._deployment,
            self._plan,
            self._shared.addresses,
            self._certificate,
            {name: region.gateway_group for name, region in self.made.items()},
        )
        GcpObservability(
            names.cloud("gcp", names.OBSERVABILITY),
            self._deployment,
            self._plan,
            self._project,
            front.url_map,
        )

    def name_peers(self, hosts: Mapping[str, pulumi.Output[str]]) -> None:
        """Private names for the fronts of all regions.

        Args:
            hosts: the names of those in other clouds, by region.
        """
        from llmdeploy.modules.gcp.peers import GcpPeers, PeerFront

        here = {name: PeerFront(address=address) for name, address in self.entries.items()}
        there = {name: PeerFront(host=host) for name, host in hosts.items()}
        GcpPeers(names.cloud("gcp", names.PEERS), self._plan.name, self._shared.network, here | there)

    def name_domain(self, domain: str) -> None:
        """The domain's records, where Google's cloud serves it alone."""
        from llmdeploy.modules.gcp.public_dns import GcpPublicDns

        GcpPublicDns(names.cloud("gcp", names.DOMAIN), domain, self._project, self.front, self._certificate)

    @property
    def proof(self) -> tuple[pulumi.Output[str], pulumi.Output[str]] | None:
        """Name and value of the record by which Google knows that the domain is ours."""
        return self._certificate.proof

    @property
    def listings(self) -> Mapping[str, pulumi.Output[str]]:
        """The list of the gateway's files, by region."""
        return {name: region.listing for name, region in self.made.items()}

    def pins(self) -> Pins:
        """What the regions were made from."""
        return Pins(
            machine_images={
                name: region.node_image for name, region in self.made.items() if region.node_image
            },
            gateway_images={name: region.gateway_image for name, region in self.made.items()},
            network_zones={slot_key(each): self._zones_of(each) for each in self._hosted()},
            zones={zones_key(each): self._zones_of(each) for each in self._hosted()},
        )

    def facts(self) -> Mapping[str, Mapping[str, object]]:
        """What `status` and `weights push` ask Google about, by region: that of its own version, and `beside`
        it what is asked of the other."""
        return {region.name: self._facts_of(region) for region in self._regions}

    def _facts_of(self, region: RegionPlan) -> dict[str, object]:
        found, beside = self._version_facts(region), region.beside
        if beside is not None:
            found["beside"] = {**self._version_facts(beside.region), "revision": beside.revision}
        return found

    def _version_facts(self, version: RegionPlan) -> dict[str, object]:
        region = self.made[version.name]
        return {
            "project": self._project,
            "bucket": region.bucket,
            **_replicas(region, version),
            "gateway_group": region.gateway_group,
        }

    def _hosted(self) -> list[RegionPlan]:
        """The versions of all regions that are instances. What two say of one thing is what the region's own
        says.
        """
        versions = (version for region in self._regions for version in reversed(region.fleets))
        return [version for version in versions if version.managed is None]

    def _newest_image(self, family: tuple[str, str]) -> str:
        """Google is asked once for all regions, which share images."""
        from llmdeploy.modules.gcp.pins import newest_image

        if family not in self._newest:
            self._newest[family] = newest_image(family)
        return self._newest[family]

    def _zones_of(self, version: RegionPlan) -> tuple[str, ...]:
        """Those that a version was made in."""
        return self.made[version.name].zones[version.slot]

    def _zones(self, region: RegionPlan) -> tuple[str, ...]:
        """Those of the group as it stands, as long as they all offer the instance: a group cannot change its
        zones, it is replaced, and the region is out until the new one has loaded."""
        assert region.hardware is not None
        offering = self._pins.zones.get(zones_key(region)) or region.hardware.zones
        standing = self._pins.network_zones.get(slot_key(region), ())
        return standing if standing and set(standing) <= set(offering) else offering

    def _make_certificate(self) -> GcpCertificate:
        from llmdeploy.modules.cloud import Certificate
        from llmdeploy.modules.gcp.certificate import GcpCertificate

        name, domain = names.cloud("gcp", names.CERTIFICATE), self._plan.domain
        if domain is not None:
            return GcpCertificate.for_domain(name, self._deployment, domain)
        # Not for the regions' own addresses, which only gateways ask, by the name: a region more must not
        # make another certificate.
        own = Certificate(name, names=[front_name(self._plan.name, None), self.front])
        self.trusted = own.certificate
        return GcpCertificate.from_pem(name, own.certificate, own.private_key)

    def _region(self, region: RegionPlan, trusted: pulumi.Output[str] | None) -> GcpRegion:
        from llmdeploy.modules.gcp.pins import GATEWAY_IMAGE, NODE_IMAGE, RegionPins
        from llmdeploy.modules.gcp.region import GcpRegion

        assert region.hardware is not None
        pins = self._pins
        hosted = [each for each in region.fleets if each.managed is None]
        zones: dict[Slot, tuple[str, ...]] = {each.slot: self._zones(each) for each in hosted}
        node_image = pins.machine_images.get(region.name) or (
            self._newest_image(NODE_IMAGE) if hosted else ""
        )
        return GcpRegion(
            names.region(region.name),
            self._deployment,
            self._plan,
            region,
            self._project,
            self._shared.network,
            self._shared.identity,
            self._shared.secrets,
            RegionPins(
                node_image=node_image,
                gateway_image=pins.gateway_images.get(region.name) or self._newest_image(GATEWAY_IMAGE),
                zones=zones,
                digests=pins.images,
            ),
            trusted,
            self._hosts,
        )


def _replicas(made: GcpRegion, version: RegionPlan) -> Mapping[str, object]:
    """Where the replicas of a version are: names of managed groups, the stand-ins' last, and of their backend
    service; or the endpoint that a service runs.
    """
    if version.managed is not None:
        return {
            "service": version.managed.service,
            "endpoint": made.endpoints[version.slot].resource,
            "unit": version.managed.unit,
            "least": version.min_replicas,
        }
    found = made.versions[version.slot]
    return {"groups": list(found.managers), "backend": found.backend}


def _project() -> str:
    """The project that the credentials are set to.

    Raises:
        LlmdeployError: they are set to none.
    """
    from pulumi_gcp import organizations

    from llmdeploy.serving.errors import LlmdeployError

    found = organizations.get_client_config().project
    if not found:
        raise LlmdeployError(
            "no project of Google's cloud is set",
            "set GOOGLE_CLOUD_PROJECT, or run `gcloud config set project`",
        )
    return found
