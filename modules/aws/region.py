"""One region of AWS: its network, its caches, its replicas, and its gateways."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from llmdeploy.modules.aws import lookups, names, policies
from llmdeploy.modules.aws.adapter_lists import write_adapter_lists
from llmdeploy.modules.aws.alarms import Alarms
from llmdeploy.modules.aws.bucket import Bucket
from llmdeploy.modules.aws.dashboard import Dashboard
from llmdeploy.modules.aws.endpoints import Endpoints
from llmdeploy.modules.aws.firewall import Firewall, Reach
from llmdeploy.modules.aws.fleet import Fleet, Targets
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
from llmdeploy.modules.aws.versions import (
    images_of,
    launch_of,
    server_images,
    versions_of,
    zones_of,
)
from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.gateway.cloud import gateway_objects
from llmdeploy.serving.gateway.files import TRUSTED_FILE, trusted_text
from llmdeploy.serving.node.models import plan_models
from llmdeploy.serving.node.places import bucket_name
from llmdeploy.serving.node.request import NAMESPACE
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot


class AwsRegion(pulumi.ComponentResource):
    """A region that needs nothing of any other. What is there once for each version of its replicas is by
    slot; the rest is shared.

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
    targets: Mapping[Slot, Targets]
    """Their health says which replicas serve."""
    pools: Mapping[Slot, Pool]
    bucket: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    """The private DNS zone, for `AwsPeers`."""
    machine_image: str
    zones: Mapping[Slot, tuple[str, ...]]
    """Those that offer the version's instance."""
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
        self._versions = versions_of(region)
        self._launches = [launch_of(version) for version in self._versions]
        self._child = pulumi.ResourceOptions(parent=self)
        self.scope = Scope(name, region.location, deployment, plan.protected)
        self.machine_image = lookups.machine_image(region.location, pins.machine_image)
        found = zones_of(region, pins)
        self.zones = {slot: zones.fleet for slot, zones in found.items()}
        self.network_zones = found[region.slot].network

        network = Network(self.scope, found[region.slot], self._child)
        firewall = self._firewall(network)
        endpoints = self._endpoints(network, firewall)
        bucket = Bucket(
            self.scope,
            bucket_name(deployment.stack, region.name, account),
            self._gateway_files(trusted),
            secrets.keys,
            self._child,
        )
        write_adapter_lists(self.scope, plan, region, bucket.name, self._child)
        images = Images(self.scope, images_of(region), pins, secrets.logins, self._child)
        logs = Logs(self.scope, self._child)
        fleet = self._fleet(network, firewall)
        identities = self._identities(bucket, images, logs, fleet)
        self.pools = {
            version.slot: self._pool(
                version, network, firewall, images, logs, fleet, identities, bucket, endpoints
            )
            for version in self._versions
        }
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
            network.private_subnets_in(self.network_zones),
            firewall.group(names.GATEWAY),
            [network, endpoints, bucket, identities, private],
            self._child,
        )
        Dashboard(self.scope, front, fleet, list(self.pools.values()), self._child)

        self.front, self.targets = front, fleet.targets
        self.bucket, self.zone_id = bucket.name, private.zone_id
        self.register_outputs({})

    def _firewall(self, network: Network) -> Firewall:
        logins = self._secrets.logins
        elsewhere = [image for image in images_of(self._region) if not cached(image, logins)]
        models = [model for version in self._versions for model in plan_models(self._plan.model_in(version))]
        reach = Reach(
            nodes=any(image in elsewhere for image in server_images(self._region))
            or any(model.from_hub for model in models),
            gateways=len(self._plan.regions) > 1 or any(i in elsewhere for i in (ENVOY_IMAGE, CONFIG_IMAGE)),
        )
        slots = [version.slot for version in self._versions]
        return Firewall(self.scope, network.vpc_id, reach, slots, self._child)

    def _endpoints(self, network: Network, firewall: Firewall) -> Endpoints:
        endpoints = Endpoints(
            self.scope,
            network.vpc_id,
            network.private_routes,
            network.private_subnets_in(self.network_zones),
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

    def _fleet(self, network: Network, firewall: Firewall) -> Fleet:
        return Fleet(
            self.scope,
            self._plan,
            self._versions,
            network.vpc_id,
            network.private_subnets_in(self.network_zones),
            firewall.group(names.FLEET),
            self._child,
        )

    def _identities(self, bucket: Bucket, images: Images, logs: Logs, fleet: Fleet) -> Identities:
        keys, token = self._secrets.keys, self._secrets.hub_token
        checked = keys if any(map(checks_keys, self._launches)) else None
        of_node = [arn for arn in (token, checked) if arn is not None]
        return Identities(
            self.scope,
            node=[
                *policies.read_models(bucket.arn),
                *policies.read_secrets(of_node),
                *policies.pull_images(images.repositories(*server_images(self._region))),
                *policies.write_logs(logs.node.arn),
                *policies.publish_metrics(NAMESPACE),
                *policies.leave_and_join([each.group for each in fleet.targets.values()]),
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
        version: RegionPlan,
        network: Network,
        firewall: Firewall,
        images: Images,
        logs: Logs,
        fleet: Fleet,
        identities: Identities,
        bucket: Bucket,
        endpoints: Endpoints,
    ) -> Pool:
        scope, targets = self.scope.of(version.slot), fleet.targets[version.slot]
        alarms = Alarms(scope, version, targets, self._child)
        pool = Pool(
            scope,
            version,
            self.machine_image,
            identities.instance_profile,
            firewall.group(names.NODE),
            user_data(
                self._plan,
                version,
                image=images.reference(server_image(launch_of(version))),
                bucket=bucket.name,
                log_group=logs.node.name,
                target_group=targets.group,
                secrets=self._secrets,
            ),
            network.private_subnets_in(self.zones[version.slot]),
            targets.group,
            [alarms.errors],
            [network, endpoints, identities],
            self._child,
        )
        Scaling(scope, version, pool, by_load=version.slot == self._region.slot, opts=self._child)
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
