"""Where a region's gateways in AWS find the other regions."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.gateway.cloud import peer_host

TTL_S = 60


class AwsPeers(Block):
    """A private name for the public front of each other region: one record each, so that a region that fails
    keeps back no other's.

    Args:
        zone_id: the private zone of this region.
        hosts: the fronts that have a name, by region.
        addresses: those that have an address.
    """

    def __init__(
        self,
        scope: Scope,
        deployment: str,
        zone_id: pulumi.Input[str],
        hosts: Mapping[str, pulumi.Input[str]],
        addresses: Mapping[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.PEERS, opts)
        self._deployment, self._zone_id = deployment, zone_id
        for region, host in hosts.items():
            self._record(region, "CNAME", host)
        for region, address in addresses.items():
            self._record(region, "A", address)
        self.register_outputs({})

    def _record(self, region: str, kind: str, value: pulumi.Input[str]) -> None:
        aws.route53.Record(
            self.scope.named(names.peer(region)),
            zone_id=self._zone_id,
            name=peer_host(self._deployment, region),
            type=kind,
            records=[value],
            ttl=TTL_S,
            opts=self.options(),
        )
