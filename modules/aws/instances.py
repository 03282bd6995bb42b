"""The versions of a region that are instances: one load balancer for all of them, and a pool each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from llmdeploy.modules.aws import names, policies
from llmdeploy.modules.aws.alarms import Alarms
from llmdeploy.modules.aws.bucket import Bucket
from llmdeploy.modules.aws.endpoints import Endpoints
from llmdeploy.modules.aws.firewall import Firewall
from llmdeploy.modules.aws.fleet import Fleet
from llmdeploy.modules.aws.identities import Identities
from llmdeploy.modules.aws.images import Images
from llmdeploy.modules.aws.logs import Logs
from llmdeploy.modules.aws.network import Network
from llmdeploy.modules.aws.node import RegionSecrets, checks_keys, server_image, user_data
from llmdeploy.modules.aws.pool import Pool
from llmdeploy.modules.aws.scaling import Scaling
from llmdeploy.modules.aws.scope import Scope
from llmdeploy.modules.aws.versions import hosted_in, launch_of, server_images
from llmdeploy.serving.node.request import NAMESPACE
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the instances of a region stand on.

    Args:
        zones: of each version's instances.
        network_zones: those with subnets.
        machine_image: an AMI id.
    """

    network: Network
    firewall: Firewall
    endpoints: Endpoints
    bucket: Bucket
    images: Images
    logs: Logs
    zones: Mapping[Slot, tuple[str, ...]]
    network_zones: tuple[str, ...]
    machine_image: str


class Instances:
    """The load balancer is there at once; the pools follow when there are roles for them."""

    fleet: Fleet

    def __init__(
        self,
        scope: Scope,
        plan: Plan,
        region: RegionPlan,
        secrets: RegionSecrets,
        ground: Ground,
        opts: pulumi.ResourceOptions,
    ) -> None:
        self._scope, self._plan, self._region = scope, plan, region
        self._secrets, self._ground, self._opts = secrets, ground, opts
        self._versions = hosted_in(region)
        self.fleet = Fleet(
            scope,
            plan,
            self._versions,
            ground.network.vpc_id,
            ground.network.private_subnets_in(ground.network_zones),
            ground.firewall.group(names.FLEET),
            opts,
        )

    @property
    def rights(self) -> Sequence[policies.Statement]:
        """What an instance may do."""
        ground, secrets = self._ground, self._secrets
        checked = secrets.keys if any(checks_keys(launch_of(each)) for each in self._versions) else None
        logs = ground.logs.node
        assert logs is not None
        return [
            *policies.read_models(ground.bucket.arn),
            *policies.read_secrets([arn for arn in (secrets.hub_token, checked) if arn is not None]),
            *policies.pull_images(ground.images.repositories(*server_images(self._region))),
            *policies.write_logs(logs.arn),
            *policies.publish_metrics(NAMESPACE),
            *policies.leave_and_join([arn for each in self.fleet.targets.values() for arn in each.groups]),
        ]

    def pools(self, identities: Identities) -> dict[Slot, Pool]:
        """A pool for each version."""
        return {version.slot: self._pool(version, identities) for version in self._versions}

    def _pool(self, version: RegionPlan, identities: Identities) -> Pool:
        ground, targets = self._ground, self.fleet.targets[version.slot]
        scope = self._scope.of(version.slot)
        alarms = Alarms(scope, version, targets, self._opts)
        logs, profile = ground.logs.node, identities.instance_profile
        assert logs is not None
        assert profile is not None
        pool = Pool(
            scope,
            version,
            ground.machine_image,
            profile,
            ground.firewall.group(names.NODE),
            user_data(
                self._plan,
                version,
                image=ground.images.reference(server_image(launch_of(version))),
                bucket=ground.bucket.name,
                log_group=logs.name,
                target_groups=targets.groups,
                secrets=self._secrets,
            ),
            ground.network.private_subnets_in(ground.zones[version.slot]),
            targets.groups,
            [alarms.errors],
            [ground.network, ground.endpoints, identities],
            self._opts,
        )
        Scaling(scope, version, pool, by_load=version.slot == self._region.slot, opts=self._opts)
        return pool
