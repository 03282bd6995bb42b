"""The public addresses, before anything answers at them: the certificate names them."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp.names import part
from llmdeploy.serving.plan.model import Plan


class GcpAddresses(pulumi.ComponentResource):
    """One address for clients, and with several regions in Google's cloud one that leads to each of them.

    The clients' address leads to the nearest gateways, so that it cannot be used to reach a certain region,
    which is what another gateway wants when it fails over.
    """

    front: pulumi.Output[str]
    """What clients connect to."""
    regions: Mapping[str, pulumi.Output[str]]
    """What the gateways of other regions connect to, by region."""
    own: Mapping[str, pulumi.Output[str]]
    """Those of regions that have one of their own."""

    def __init__(
        self, name: str, deployment: Deployment, plan: Plan, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("llmdeploy:gcp:Addresses", name, {}, opts)
        regions = [region for region in plan.regions if region.provider == "gcp"]
        alone = len(regions) == 1
        self.front = self._address(part(name, "front"), deployment)
        self.own = {
            region.name: self._address(part(name, region.name.replace("/", "-")), deployment)
            for region in regions
            if not alone
        }
        self.regions = {region.name: self.own.get(region.name, self.front) for region in regions}
        self.register_outputs({})

    def _address(self, name: str, deployment: Deployment) -> pulumi.Output[str]:
        from pulumi_gcp import compute

        return compute.GlobalAddress(
            name,
            address_type="EXTERNAL",
            ip_version="IPV4",
            labels=deployment.labels,
            opts=pulumi.ResourceOptions(parent=self),
        ).address
