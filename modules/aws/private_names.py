"""The names by which a region's gateways find the fleets."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.fleet import Fleet
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.gateway.cloud import fleet_host, internal_domain
from llmdeploy.serving.plan.model import Plan


class PrivateNames(Block):
    """A private zone on the region's network, with its own fleet in it. Other regions are added by
    `AwsPeers`, so that this region waits for none of them.

    Args:
        fleet: None where the region has no instances.
    """

    zone_id: pulumi.Output[str]

    def __init__(
        self,
        scope: Scope,
        plan: Plan,
        vpc_id: pulumi.Input[str],
        fleet: Fleet | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, f"{names.ZONE}s", opts)
        zone = aws.route53.Zone(
            scope.named(names.ZONE),
            name=internal_domain(plan.name),
            comment=f"llmdeploy {scope.deployment.stack} in {scope.location}",
            vpcs=[{"vpc_id": vpc_id, "vpc_region": scope.location}],
            tags=scope.tags(names.ZONE),
            opts=self.options(),
        )
        self.zone_id = zone.zone_id
        if fleet is not None:
            self._fleet(fleet_host(plan.name), fleet)
        self.register_outputs({})

    def _fleet(self, host: str, fleet: Fleet) -> None:
        aws.route53.Record(
            self.scope.named(names.FLEET),
            zone_id=self.zone_id,
            name=host,
            type="A",
            # Whether the fleet answers is for the gateways to check.
            aliases=[{"name": fleet.host, "zone_id": fleet.host_zone, "evaluate_target_health": False}],
            opts=self.options(),
        )
