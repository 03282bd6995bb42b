"""Where the gateways in Google's cloud find the other regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi

from llmdeploy.modules.gcp.names import part
from llmdeploy.modules.gcp.network import GcpNetwork
from llmdeploy.serving.gateway.cloud import peer_host

TTL_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFront:
    """The front of a region: one of the two."""

    address: pulumi.Output[str] | None = None
    host: pulumi.Output[str] | None = None

    @property
    def record_type(self) -> Literal["A", "CNAME"]:
        """Of its record."""
        return "CNAME" if self.address is None else "A"

    @property
    def value(self) -> pulumi.Output[str]:
        """What its record holds."""
        if self.address is not None:
            return self.address
        assert self.host is not None
        return pulumi.Output.concat(self.host, ".")


class GcpPeers(pulumi.ComponentResource):
    """A private name for the public front of each region: one record each, so that a region that fails keeps
    back no other's.

    Args:
        fronts: by region.
    """

    def __init__(
        self,
        name: str,
        deployment: str,
        network: GcpNetwork,
        fronts: Mapping[str, PeerFront],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        from pulumi_gcp import dns

        super().__init__("llmdeploy:gcp:Peers", name, {}, opts)
        for region, front in fronts.items():
            dns.RecordSet(
                part(name, region.replace("/", "-")),
                managed_zone=network.zone,
                name=f"{peer_host(deployment, region)}.",
                type=front.record_type,
                ttl=TTL_S,
                rrdatas=[front.value],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
