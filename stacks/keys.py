"""The keys of a deployment in clouds: one for its clients, one for its gateways among themselves, and one for
its endpoints in Azure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmdeploy.serving.gateway.cloud import AZURE, CLIENT, PEER
from llmdeploy.serving.plan.model import Plan
from llmdeploy.stacks import names

if TYPE_CHECKING:
    import pulumi


@dataclass(frozen=True, slots=True)
class Keys:
    """All are secrets; None where nobody asks for them."""

    client: pulumi.Output[str] | None
    document: pulumi.Output[str] | None
    """The JSON that the clouds' secrets hold."""
    azure: pulumi.Output[str] | None = None
    """Of the endpoints in Azure."""


def make_keys(plan: Plan, rotation: str) -> Keys:
    """Draw them once; another rotation draws others, but that of Azure's endpoints: Azure takes one only with
    a new endpoint.
    """
    import pulumi

    from llmdeploy.modules.local.resources import ApiKey

    found: dict[str, pulumi.Output[str]] = {}
    if plan.gateway.auth == "api-key":
        found[CLIENT] = ApiKey(names.API_KEY, rotation=rotation, opts=pulumi.ResourceOptions()).value
        found[PEER] = ApiKey(names.PEER_KEY, rotation=rotation, opts=pulumi.ResourceOptions()).value
    if not all(region.has_gateway for region in plan.regions):
        found[AZURE] = ApiKey(names.AZURE_KEY, rotation="", opts=pulumi.ResourceOptions()).value
    if not found:
        return Keys(None, None)
    document: pulumi.Output[str] = pulumi.Output.secret(
        pulumi.Output.all(*found.values()).apply(lambda keys: json.dumps(dict(zip(found, keys, strict=True))))
    )
    return Keys(found.get(CLIENT), document, found.get(AZURE))
