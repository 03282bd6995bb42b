"""One region of AWS: its network, its caches, its fleet, and its gateways."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.aws import lookups, names, policies
from llmdeploy.modules.aws.alarms import Alarms
from llmdeploy.modules.aws.bucket import Bucket
from llmdeploy.modules.aws.dashboard import Dashboard
from llmdeploy.modules.aws.endpoints import Endpoints
from llmdeploy.modules.aws.firewall import Firewall, Reach
from llmdeploy.modules.aws.fleet import Fleet
from llmdeploy.modules.aws.front import Front
from llmdeploy.modules.aws.gateway import SMALLEST_TIER, Gateway
from llmdeploy.modules.aws.identities import Identities
from llmdeploy.modules.aws.images import Images, cached
from llmdeploy.modules.aws.logs import Logs
from llmdeploy.modules.aws.network import Network
from llmdeploy.modules.aws.node import RegionSecrets, checks_keys, server_image, user_data
from llmdeploy.modules.aws.pins import RegionPins
from llmdeploy.modules.aws.pool import Pool
from llmdeploy.modules.aws.private_names import PrivateNames
from llmdeploy.modules.aws.scaling import Scaling
from llmdeploy.modules.aws.scope import Scope
from llmdeploy.modules.aws.task import CONFIG_IMAGE, ENVOY_IMAGE, Task
from llmdeploy.modules.aws.zones import Zones
from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.gateway.cloud import gateway_objects
from llmdeploy.serving.gateway.files import TRUSTED_FILE, trusted_text
from llmdeploy.serving.node.models import plan_models
from llmdeploy.serving.node.places import bucket_name
from llmdeploy.serving.node.request import NAMESPACE
from llmdeploy.serving.plan.model import Plan, RegionPlan


class AwsRegion(pulumi.ComponentResource):
    """A region that needs nothing of any other.

    Args:
        account: the account id; the bucket's name follows from it.
        certificate: ARN of the front's, in the region.
        trusted: the certificates (PEM) that other regions' fronts are verified with; None where public
            authorities have signed them.

    Raises:
        LlmdeployError: no zone offers the instance, a digest is not known, or the plan has no instances.
    """

    front: Front
    """`arn`, `host`, `host_zone`."""
    fleet_target_group: pulumi.Output[str]
    """ARN; the health of its targets says which replicas serve."""
    groups: list[pulumi.Output[str]]
    """Names of the Auto Scaling groups, the fallback's last."""
    bucket: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    """The private DNS zone, for `AwsPeers`."""
    machine_image: str
    zones: tuple[str, ...]
    """Those that offer the instance."""
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
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:aws:Region", name, {}, opts)
        self._plan, self._region, self._pins, self._secrets = plan, region, pins, secrets
        self._launch, instance = _fleet_of(region)
        self._child = pulumi.ResourceOptions(parent=self)
        self.scope = Scope(name, region.location, deployment, plan.protected)
        self.machine_image = lookups.machine_image(region.location, pins.machine_image)
        found = lookups.zones(region.location, instance, pins.zones, pins.network_zones)
        self.zones, self.network_zones = found.fleet, found.network

        network = Network(self.scope, found, self._child)
        firewall = self._firewall(network)
        endpoints = self._endpoints(network, firewall, found)
        bucket = Bucket(
            self.scope,
            bucket_name(deployment.stack, region.name, account),
            self._gateway_files(trusted),
            secrets.keys,
            self._child,
        )
        images = Images(self.scope, self._images(), pins, secrets.logins, self._child)
        logs = Logs(self.scope, self._child)
        fleet = self._fleet(network, firewall, found)
        identities = self._identities(bucket, images, logs, fleet)
        pool = self._pool(network, firewall, found, images, logs, fleet, identities, bucket, endpoints)
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
        private = PrivateNames(self.scope, plan, network.vpc_id, fleet, self._child)
        Gateway(
            self.scope,
            region,
            self._task(bucket, images, logs),
            (identities.gateway_role, identities.execution_role),
            front,
            network.private_subnets_in(found.network),
            firewall.group(names.GATEWAY),
            [network, endpoints, bucket, identities, private],
            self._child,
        )
        Dashboard(self.scope, front, fleet, pool, self._child)

        self.front, self.fleet_target_group = front, fleet.target_group
        self.groups, self.bucket, self.zone_id = pool.groups, bucket.name, private.zone_id
        self.register_outputs({})

    def _images(self) -> tuple[str, ...]:
        return images_of(self._region)

    def _firewall(self, network: Network) -> Firewall:
        logins = self._secrets.logins
        elsewhere = [image for image in self._images() if not cached(image, logins)]
        reach = Reach(
            nodes=server_image(self._launch) in elsewhere
            or any(model.from_hub for model in plan_models(self._plan.model_in(self._region))),
            gateways=len(self._plan.regions) > 1 or any(i in elsewhere for i in (ENVOY_IMAGE, CONFIG_IMAGE)),
        )
        return Firewall(self.scope, network.vpc_id, reach, self._child)

    def _endpoints(self, network: Network, firewall: Firewall, zones: Zones) -> Endpoints:
        endpoints = Endpoints(
            self.scope,
            network.vpc_id,
            network.private_routes,
            network.private_subnets_in(zones.network),
            firewall.group(names.ENDPOINTS),
            self._child,
        )
        firewall.allow_s3(endpoints.s3_prefix_list)
        return endpoints

    def _gateway_files(self, trusted: pulumi.Output[str] | None) -> dict[str, pulumi.Input[str]]:
        """In the order in which they are to be put in place."""
        files: dict[str, pulumi.Input[str]] = dict(
            gateway_objects(self._plan, self._region, self._plan.domain)
        )
        if trusted is not None and TRUSTED_FILE in files:
            files[TRUSTED_FILE] = trusted.apply(trusted_text)
        return files

    def _fleet(self, network: Network, firewall: Firewall, zones: Zones) -> Fleet:
        return Fleet(
            self.scope,
            self._plan,
            self._region,
            network.vpc_id,
            network.private_subnets_in(zones.network),
            firewall.group(names.FLEET),
            self._child,
        )

    def _identities(self, bucket: Bucket, images: Images, logs: Logs, fleet: Fleet) -> Identities:
        keys, token = self._secrets.keys, self._secrets.hub_token
        of_node = [arn for arn in (token, keys if checks_keys(self._launch) else None) if arn is not None]
        return Identities(
            self.scope,
            node=[
                *policies.read_models(bucket.arn),
                *policies.read_secrets(of_node),
                *policies.pull_images(images.repositories(server_image(self._launch))),
                *policies.write_logs(logs.node.arn),
                *policies.publish_metrics(NAMESPACE),
                *policies.leave_and_join(fleet.target_group),
            ],
            gateway=[
                *policies.read_gateway_files(bucket.arn),
                *policies.read_secrets([keys] if keys is not None else []),
            ],
            execution=[
                *policies.pull_images(images.repositories(ENVOY_IMAGE, CONFIG_IMAGE)),
                *policies.write_logs(logs.gateway.arn),
            ],
            opts=self._child,
        )

    def _pool(
        self,
        network: Network,
        firewall: Firewall,
        zones: Zones,
        images: Images,
        logs: Logs,
        fleet: Fleet,
        identities: Identities,
        bucket: Bucket,
        endpoints: Endpoints,
    ) -> Pool:
        alarms = Alarms(self.scope, self._region, fleet, self._child)
        pool = Pool(
            self.scope,
            self._region,
            self.machine_image,
            identities.instance_profile,
            firewall.group(names.NODE),
            user_data(
                self._plan,
                self._region,
                image=images.reference(server_image(self._launch)),
                bucket=bucket.name,
                log_group=logs.node.name,
                target_group=fleet.target_group,
                secrets=self._secrets,
            ),
            network.private_subnets_in(zones.fleet),
            fleet.target_group,
            [alarms.errors],
            [network, endpoints, identities],
            self._child,
        )
        Scaling(self.scope, self._region, pool, self._child)
        return pool

    def _task(self, bucket: Bucket, images: Images, logs: Logs) -> Task:
        tier = self._region.gateway_tier or SMALLEST_TIER
        return Task(
            location=self._region.location,
            bucket=bucket.name,
            vcpu=tier.vcpu,
            envoy_image=images.reference(ENVOY_IMAGE),
            config_image=images.reference(CONFIG_IMAGE),
            log_group=logs.gateway.name,
        )


def images_of(region: RegionPlan) -> tuple[str, ...]:
    """`image:tag` of everything that runs in the region, whose digests `RegionPins` must hold."""
    launch, _ = _fleet_of(region)
    return (server_image(launch), ENVOY_IMAGE, CONFIG_IMAGE)


def _fleet_of(region: RegionPlan) -> tuple[Launch, str]:
    """The container of the region's replicas and their instance type."""
    if region.server.launch is None or region.hardware is None or region.startup is None:
        raise LlmdeployError(f"the plan of {region.name} has no instances", "plan the spec anew")
    return region.server.launch, region.hardware.instance
