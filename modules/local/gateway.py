"""The gateway on this machine: an Envoy under its own supervisord, and the key that its clients send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from llmdeploy.modules.local.resources import ApiKey, Gateway, Supervisor
from llmdeploy.serving.gateway import GatewayRegion
from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.plan.model import RegionPlan

CLIENT = "default"
"""The name under which the gateway knows the clients that send the deployment's key."""


class LocalGateway(pulumi.ComponentResource):
    """One Envoy with an entry for each region, in the order of the plan.

    Args:
        name: the logical name of the gateway and of its supervisord.
        key_name: the logical name of the API key.
        rotation: another value draws another key.
    """

    endpoints: pulumi.Output[Mapping[str, str]]
    """The base URL of the API by region."""
    api_key: pulumi.Output[str] | None
    """The key, a secret; None when the gateway asks for none."""

    def __init__(
        self,
        name: str,
        plan: GatewayPlan,
        regions: Sequence[RegionPlan],
        backends: Sequence[Mapping[str, Any]],
        folder: str,
        key_name: str,
        rotation: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:local:GatewayStack", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        supervisor = Supervisor(name, folder=folder, opts=child)
        key = ApiKey(key_name, rotation=rotation, opts=child) if plan.auth == "api-key" else None
        gateway = Gateway(
            name,
            folder=supervisor.folder,
            plan=plan.model_dump(mode="json"),
            regions=[GatewayRegion.of(region).telling() for region in regions],
            backends=list(backends),
            entries=[region.name for region in regions],
            api_keys={CLIENT: key.value} if key else {},
            opts=child,
        )
        self.endpoints = gateway.endpoints
        self.api_key = key.value if key else None
        self.register_outputs({})
