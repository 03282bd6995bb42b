"""One region of AWS: its network, its caches, its replicas, and its gateways."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from llmdeploy.modules.aws import lookups, names, policies
from llmdeploy.modules.aws.adapter_lists import write_adapter_lists
from llmdeploy.modules.aws.bedrock import BedrockModel, with_models
from llmdeploy.modules.aws.bucket import Bucket
from llmdeploy.modules.aws.dashboard import Dashboard
from llmdeploy.modules.aws.endpoints import Endpoints, interfaces_of
from llmdeploy.modules.aws.firewall import Firewall
from llmdeploy.modules.aws.fleet import Targets
from llmdeploy.modules.aws.front import Front
from llmdeploy.modules.aws.gateway import SMALLEST_TIER, Gateway
from llmdeploy.modules.aws.identities import Identities
from llmdeploy.modules.aws.images import Images
from llmdeploy.modules.aws.instances import Ground, Instances
from llmdeploy.modules.aws.logs import Logs
from llmdeploy.modules.aws.network import Network
from llmdeploy.modules.aws.node import RegionSecrets
from llmdeploy.modules.aws.pins import RegionPins
from llmdeploy.modules.aws.pool import Pool
from llmdeploy.modules.aws.private_names import PrivateNames
from llmdeploy.modules.aws.reach import reach_of
from llmdeploy.modules.aws.sagemaker import SageMakerEndpoint, asked_of
from llmdeploy.modules.aws.scope import Scope
from llmdeploy.modules.aws.task import CONFIG_IMAGE, ENVOY_IMAGE, Task
from llmdeploy.modules.aws.versions import (
    hosted_in,
    images_of,
    is_imported,
    managed_in,
    versions_of,
    zones_of,
)
from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.gateway.cloud import gateway_objects
from llmdeploy.serving.gateway.files import TRUSTED_FILE, trusted_text
from llmdeploy.serving.gateway.managed import NO_HOSTS
from llmdeploy.serving.node.places import bucket_name
from llmdeploy.serving.node.sidecar import filled_keys
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot


class AwsRegion(pulumi.ComponentResource):
    """A region that needs nothing of any other. What is there once for each version of its replicas is by
    slot; the rest is shared. A version is instances, or an endpoint that a service of AWS runs.

    Args:
        account: the account id; the bucket's name follows from it.
        certificate: ARN of the front's, in the region.
        trusted: the certificates (PEM) that other regions' fronts are verified with; None where public
            authorities have signed them.
        hosts: of the endpoints of regions without gateways, by region.

    Raises:
        LlmdeployError: no zone offers the instance, a digest is not known, or the plan has no instances.
    """

    front: Front
    """`arn`, `host`, `host_zone`."""
    targets: Mapping[Slot, Targets]
    """Their health says which replicas serve."""
    pools: Mapping[Slot, Pool]
    endpoints: Mapping[Slot, SageMakerEndpoint | BedrockModel]
    bucket: pulumi.Output[str]
    listing: pulumi.Output[str]
    """The list of the gateway's files."""
    zone_id: pulumi.Output[str]
    """The private DNS zone, for `AwsPeers`."""
    machine_image: str | None
    """Of the instances."""
    zones: Mapping[Slot, tuple[str, ...]]
    """Those that offer the version's instance, by the slots of instances."""
    network_zones: tuple[str, ...]
    """Those with subnets."""
    scope: Scope

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        plan: Plan,
        region: RegionPlan,
        account: str,
        pins: RegionPins,
        secrets: RegionSecrets,
        certificate: pulumi.Input[str],
        trusted: pulumi.Output[str] | None,
        hosts: Mapping[str, str] = NO_HOSTS,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:aws:Region", name, {}, opts)
        self._plan, self._region, self._pins, self._secrets = plan, region, pins, secrets
        self._account, self._hosts, hosted = account, hosts, hosted_in(region)
        self._child = pulumi.ResourceOptions(parent=self)
        self.scope = Scope(name, region.location, deployment, plan.protected)
        self.machine_image = None
        if hosted:
            self.machine_image = lookups.machine_image(region.location, pins.machine_image)
        found = zones_of(region, pins)
        self.zones = {version.slot: found[version.slot].fleet for version in hosted}
        self.network_zones = found[region.slot].network

        network = Network(self.scope, found[region.slot], self._child)
        firewall = self._firewall(network)
        endpoints = self._endpoints(network, firewall)
        bucket = Bucket(self.scope, bucket_name(deployment.stack, region.name, account), self._child)
        write_adapter_lists(self.scope, plan, region, bucket.name, self._child)
        images = Images(self.scope, images_of(region), pins, secrets.logins, self._child)
        logs = Logs(self.scope, self.machine_image is not None, self._child)
        instances = self._instances(network, firewall, endpoints, bucket, images, logs)
        identities = self._identities(bucket, images, logs, instances)
        self.pools = instances.pools(identities) if instances is not None else {}
        self.endpoints = {
            version.slot: self._managed(version, identities.gateway_role) for version in managed_in(region)
        }
        ready = [each.ready for each in self.endpoints.values()]
        self.listing = bucket.write_gateway_files(self._gateway_files(trusted), secrets.keys, ready)
        front = Front(
            self.scope,
            plan,
            region,
            network.vpc_id,
            network.public_subnets,
            firewall.group(names.FRONT),
            certificate,
            self._child,
        )
        fleet = instances.fleet if instances is not None else None
        private = PrivateNames(self.scope, plan, network.vpc_id, fleet, self._child)
        Gateway(
            self.scope,
            region,
            self._task(bucket, images, logs),
            (identities.gateway_role, identities.execution_role),
            front,
            network.private_subnets_in(self.network_zones),
            firewall.group(names.GATEWAY),
            [network, endpoints, identities, private, *ready],
            self._child,
        )
        pools, models = list(self.pools.values()), self._models
        services = [each for each in self.endpoints.values() if isinstance(each, SageMakerEndpoint)]
        Dashboard(self.scope, front, fleet, pools, services, list(models.values()), self._child)

        self.front, self.targets = front, fleet.targets if fleet is not None else {}
        self.bucket, self.zone_id = bucket.name, private.zone_id
        self.register_outputs({})

    def _firewall(self, network: Network) -> Firewall:
        reach = reach_of(self._plan, self._region, self._secrets.logins)
        slots = [version.slot for version in hosted_in(self._region)]
        return Firewall(self.scope, network.vpc_id, reach, slots, self._child)

    def _endpoints(self, network: Network, firewall: Firewall) -> Endpoints:
        endpoints = Endpoints(
            self.scope,
            network.vpc_id,
            network.private_routes,
            network.private_subnets_in(self.network_zones),
            firewall.group(names.ENDPOINTS),
            interfaces_of(versions_of(self._region)),
            self._child,
        )
        firewall.allow_s3(endpoints.s3_prefix_list)
        return endpoints

    def _gateway_files(self, trusted: pulumi.Output[str] | None) -> dict[str, pulumi.Input[str]]:
        """In the order in which they are to be put in place."""
        files: dict[str, pulumi.Input[str]] = dict(
            gateway_objects(self._plan, self._region, self._plan.domain, self._hosts)
        )
        if trusted is not None and TRUSTED_FILE in files:
            files[TRUSTED_FILE] = trusted.apply(trusted_text)
        return with_models(files, self._models)

    def _managed(
        self, version: RegionPlan, gateway_role: pulumi.Output[str]
    ) -> SageMakerEndpoint | BedrockModel:
        scope, account = self.scope.of(version.slot), self._account
        if is_imported(version):
            return BedrockModel(scope, self._plan, version, account, gateway_role, self._child)
        return SageMakerEndpoint(scope, self._plan, version, account, self._child)

    @property
    def _models(self) -> dict[Slot, BedrockModel]:
        return {slot: each for slot, each in self.endpoints.items() if isinstance(each, BedrockModel)}

    def _instances(
        self,
        network: Network,
        firewall: Firewall,
        endpoints: Endpoints,
        bucket: Bucket,
        images: Images,
        logs: Logs,
    ) -> Instances | None:
        if self.machine_image is None:
            return None
        ground = Ground(
            network=network,
            firewall=firewall,
            endpoints=endpoints,
            bucket=bucket,
            images=images,
            logs=logs,
            zones=self.zones,
            network_zones=self.network_zones,
            machine_image=self.machine_image,
        )
        return Instances(self.scope, self._plan, self._region, self._secrets, ground, self._child)

    def _identities(
        self, bucket: Bucket, images: Images, logs: Logs, instances: Instances | None
    ) -> Identities:
        keys = self._secrets.keys
        asked = [
            arn
            for version in managed_in(self._region)
            if not is_imported(version)
            for arn in asked_of(self._plan, version, self._account)
        ]
        return Identities(
            self.scope,
            node=instances.rights if instances is not None else None,
            gateway=[
                *policies.read_gateway_files(bucket.arn),
                *policies.read_secrets([keys] if keys is not None else []),
                *policies.invoke_endpoints(asked),
            ],
            execution=[
                *policies.pull_images(images.repositories(ENVOY_IMAGE, CONFIG_IMAGE)),
                *policies.write_logs(logs.gateway.arn),
            ],
            opts=self._child,
        )

    def _task(self, bucket: Bucket, images: Images, logs: Logs) -> Task:
        tier = self._region.gateway_tier or SMALLEST_TIER
        return Task(
            location=self._region.location,
            bucket=bucket.name,
            vcpu=tier.vcpu,
            envoy_image=images.reference(ENVOY_IMAGE),
            config_image=images.reference(CONFIG_IMAGE),
            log_group=logs.gateway.name,
            keys=filled_keys(self._plan),
        )
