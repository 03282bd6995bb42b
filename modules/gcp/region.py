"""One region of Google Cloud: its part of the network, its caches, its fleets, and its gateways."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.adapter_lists import write_adapter_lists
from llmdeploy.modules.gcp.bucket import GcpBucket
from llmdeploy.modules.gcp.cloud_run import GcpCloudRun
from llmdeploy.modules.gcp.fleet import fleet
from llmdeploy.modules.gcp.gateway import ENVOY_IMAGE, ENVOY_TAG, GatewayNode, GcpGateway, gateway_machine
from llmdeploy.modules.gcp.gpu_pool import Node
from llmdeploy.modules.gcp.identity import GcpIdentity
from llmdeploy.modules.gcp.image_cache import GcpImageCache
from llmdeploy.modules.gcp.image_name import cached_image
from llmdeploy.modules.gcp.managed import Endpoint, ManagedPlace, ManagedVersion, audiences, with_endpoints
from llmdeploy.modules.gcp.names import part
from llmdeploy.modules.gcp.network import GcpNetwork
from llmdeploy.modules.gcp.pins import RegionPins
from llmdeploy.modules.gcp.secrets import GcpSecrets
from llmdeploy.modules.gcp.shortage import shortage_script
from llmdeploy.modules.gcp.subnets import GcpSubnets
from llmdeploy.modules.gcp.version import Place, Version, make_version
from llmdeploy.modules.gcp.versions import hosted_in, managed_in, role_of
from llmdeploy.modules.gcp.vertex import GcpVertex
from llmdeploy.serving.gateway.cloud import CLIENT, gateway_objects
from llmdeploy.serving.gateway.files import TRUSTED_FILE, trusted_text
from llmdeploy.serving.gateway.managed import NO_HOSTS
from llmdeploy.serving.node.gateway_vm import GatewayVm, gcp_gateway_script
from llmdeploy.serving.node.places import bucket_name
from llmdeploy.serving.node.request import SecretSource, node_request
from llmdeploy.serving.node.sidecar import filled_keys
from llmdeploy.serving.node.user_data import gcp_startup_script
from llmdeploy.serving.plan.gateway import GatewayTierPlan
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot
from llmdeploy.serving.spec.managed import Service

ENDPOINTS: Mapping[Service, Callable[[ManagedPlace, ManagedVersion], GcpVertex | GcpCloudRun]] = {
    "vertex": GcpVertex,
    "cloud-run": GcpCloudRun,
}
SMALLEST_TIER = GatewayTierPlan(least=2, most=2, vcpu=1, memory_gib=2)
"""Where the plan says nothing of the gateways."""


class GcpRegion(pulumi.ComponentResource):
    """A region that needs nothing of any other.

    Args:
        project: the project id, in which everything is.
        trusted: the certificates (PEM) that other regions' fronts are verified with; None where public
            authorities have signed them.
        hosts: of the endpoints of regions without gateways, by region.
    """

    gateway_group: pulumi.Output[str]
    """Self link of the gateways' instance group, for the front."""
    versions: Mapping[Slot, Version]
    """The region's own version of its replicas, and the one beside it if there is one; those that are
    instances."""
    endpoints: Mapping[Slot, Endpoint]
    """Those that a service of Google's runs."""
    bucket: pulumi.Output[str]
    listing: pulumi.Output[str]
    """The list of the gateways' files."""
    node_image: str
    gateway_image: str
    zones: Mapping[Slot, tuple[str, ...]]

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        plan: Plan,
        region: RegionPlan,
        project: str,
        network: GcpNetwork,
        identity: GcpIdentity,
        secrets: GcpSecrets,
        pins: RegionPins,
        trusted: pulumi.Output[str] | None,
        hosts: Mapping[str, str] = NO_HOSTS,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:gcp:Region", name, {}, opts)
        self._name, self._deployment, self._plan, self._region = name, deployment, plan, region
        self._project, self._identity, self._secrets, self._pins = project, identity, secrets, pins
        self._hosts = hosts
        self._child = pulumi.ResourceOptions(parent=self)
        self._fleets = {
            version.slot: fleet(version, pins.zones[version.slot], role_of(version, region))
            for version in hosted_in(region)
        }
        self._bucket_name = bucket_name(deployment.stack, region.name, project)

        subnets = GcpSubnets(
            part(name, "network"),
            deployment,
            region.location,
            network.network,
            tuple(self._fleets),
            self._child,
        )
        images = self._cache_images()
        self.endpoints = self._make_endpoints(images)
        bucket = self._make_bucket(trusted, network)
        self.bucket, self.listing = bucket.bucket, bucket.listing
        write_adapter_lists(name, plan, region, self.bucket, self._child)
        self.versions = self._make_versions(network, subnets)
        self.gateway_group = self._make_gateway(subnets).group
        self.node_image, self.gateway_image = pins.node_image, pins.gateway_image
        self.zones = pins.zones
        self.register_outputs({})

    def _gateway_files(self, trusted: pulumi.Output[str] | None) -> dict[str, pulumi.Input[str]]:
        """In the order in which they are to be put in place."""
        found: dict[str, pulumi.Input[str]] = dict(
            gateway_objects(self._plan, self._region, self._plan.domain, self._hosts)
        )
        if trusted is not None and TRUSTED_FILE in found:
            found[TRUSTED_FILE] = trusted.apply(trusted_text)
        return with_endpoints(found, self.endpoints)

    def _make_bucket(self, trusted: pulumi.Output[str] | None, network: GcpNetwork) -> GcpBucket:
        keys = self._secret(self._secrets.keys_secret)
        return GcpBucket(
            part(self._name, names.BUCKET),
            self._deployment,
            self._region.location,
            self._bucket_name,
            self._gateway_files(trusted),
            keys.id if keys else None,
            self._identity,
            self._plan.protected,
            [network.fleet_names[slot] for slot in self._fleets if slot != "blue"],
            audiences(self.endpoints),
            self._child,
        )

    def _cache_images(self) -> GcpImageCache:
        served = [each.managed.container for each in managed_in(self._region) if each.managed]
        return GcpImageCache(
            part(self._name, "images"),
            self._deployment,
            self._region.location,
            {
                **{each.image.rpartition(":")[0]: None for each in served if each},
                **{each.launch.image: names.NODE for each in self._fleets.values()},
                ENVOY_IMAGE: names.GATEWAY,
            },
            self._identity,
            self._child,
        )

    def _make_endpoints(self, images: GcpImageCache) -> dict[Slot, Endpoint]:
        """Those of the versions that Google's services run."""
        place = ManagedPlace(
            name=self._name,
            deployment=self._deployment,
            project=self._project,
            identity=self._identity,
            request_timeout_s=self._plan.gateway.request_timeout_s,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[images]),
        )
        return {each.slot: self._endpoint(place, each) for each in managed_in(self._region)}

    def _endpoint(self, place: ManagedPlace, version: RegionPlan) -> Endpoint:
        assert version.managed is not None
        assert version.managed.container is not None
        wanted = ManagedVersion(
            version=version,
            image=self._cached(*version.managed.container.image.rsplit(":", 1)),
            role=role_of(version, self._region),
        )
        return ENDPOINTS[version.managed.service](place, wanted).endpoint

    def _make_versions(self, network: GcpNetwork, subnets: GcpSubnets) -> dict[Slot, Version]:
        place = Place(
            name=self._name,
            deployment=self._deployment,
            gateway=self._plan.gateway,
            network=network.network,
            subnets=subnets,
            opts=self._child,
        )
        return {
            version.slot: make_version(place, self._fleets[version.slot], self._node(version, subnets))
            for version in hosted_in(self._region)
        }

    def _node(self, version: RegionPlan, subnets: GcpSubnets) -> Node:
        return Node(
            image=self._pins.node_image,
            subnet=subnets.subnet,
            account=self._identity.node,
            startup_script=self._startup_script(version),
        )

    def _startup_script(self, version: RegionPlan) -> str:
        launch = self._fleets[version.slot].launch
        return gcp_startup_script(
            node_request(
                self._plan,
                version,
                image=self._cached(launch.image, launch.tag),
                bucket=self._bucket_name,
                hub_token=self._secret(self._secrets.hub_token_secret),
                api_key=self._secret(self._secrets.keys_secret, CLIENT),
                project=self._project,
            )
        )

    def _make_gateway(self, subnets: GcpSubnets) -> GcpGateway:
        tier = self._region.gateway_tier or SMALLEST_TIER
        vm = GatewayVm(
            location=self._region.location,
            bucket=self._bucket_name,
            image=self._cached(ENVOY_IMAGE, ENVOY_TAG),
            workers=gateway_machine(tier).vcpu,
            keys=filled_keys(self._plan),
        )
        node = GatewayNode(
            image=self._pins.gateway_image,
            subnet=subnets.subnet,
            account=self._identity.gateway,
            metadata={
                "user-data": gcp_gateway_script(vm),
                "google-logging-enabled": "true",
                # The image is pinned: it must not renew itself.
                "cos-update-strategy": "update_disabled",
                **self._shortage_metadata(),
            },
        )
        return GcpGateway(
            part(self._name, "gateway"), self._deployment, self._region.location, tier, node, self._child
        )

    def _shortage_metadata(self) -> dict[str, str]:
        if not any(each.falls_back for each in self._fleets.values()):
            return {}
        script = shortage_script(self._project, self._region.location, self._deployment.stack)
        return {"startup-script": script}

    def _cached(self, image: str, tag: str) -> str:
        digest = self._pins.digest(f"{image}:{tag}")
        return cached_image(image, digest, self._project, self._region.location, self._deployment.stack)

    def _secret(self, secret_id: str | None, field: str | None = None) -> SecretSource | None:
        if secret_id is None:
            return None
        return SecretSource(f"projects/{self._project}/secrets/{secret_id}", field)
