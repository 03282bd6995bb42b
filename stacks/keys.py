"""The keys of a deployment in clouds: one for its clients, one for its gateways among themselves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmdeploy.serving.gateway.cloud import CLIENT, PEER
from llmdeploy.serving.plan.model import Plan
from llmdeploy.stacks import names

if TYPE_CHECKING:
    import pulumi


@dataclass(frozen=True, slots=True)
class Keys:
    """Both are secrets; None when the gateways ask for none."""

    client: pulumi.Output[str] | None
    document: pulumi.Output[str] | None
    """The JSON that the clouds' secrets hold."""


def make_keys(plan: Plan, rotation: str) -> Keys:
    """Draw them once; another rotation draws others."""
    import pulumi

    from llmdeploy.modules.local.resources import ApiKey

    if plan.gateway.auth != "api-key":
        return Keys(None, None)
    client = ApiKey(names.API_KEY, rotation=rotation, opts=pulumi.ResourceOptions()).value
    peer = ApiKey(names.PEER_KEY, rotation=rotation, opts=pulumi.ResourceOptions()).value
    document: pulumi.Output[str] = pulumi.Output.secret(
        pulumi.Output.all(client, peer).apply(lambda found: json.dumps({CLIENT: found[0], PEER: found[1]}))
    )
    return Keys(client, document)
