"""What a region's gateway and its cloud's services know of each other: who answers, and what it is asked
with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.live import symbols
from llmdeploy.infra.simulate.live.authority import Authority
from llmdeploy.infra.simulate.live.managed import FoundEndpoint
from llmdeploy.infra.simulate.live.services.credentials import environment_of, role_in
from llmdeploy.infra.simulate.live.services.tokens import Tokens
from llmdeploy.infra.simulate.live.topology import LiveEndpoint, LiveService, LiveVersion
from llmdeploy.serving.gateway import cloud
from llmdeploy.serving.plan.model import RegionPlan, Slot


@dataclass(frozen=True, slots=True)
class GatewayTask:
    """What a gateway's task gets from its cloud besides its files (`LiveGateway`)."""

    environment: Mapping[str, str]
    audiences: Mapping[str, str]
    tokens: Mapping[str, str]


def live_service(
    region: RegionPlan,
    found: Sequence[tuple[FoundEndpoint, LiveVersion]],
    authority: Authority,
    settings: Mapping[str, Any],
) -> LiveService | None:
    """What answers for these endpoints; None without any."""
    if not found:
        return None
    place = Place.of(settings, {})
    return LiveService(
        symbol=symbols.services(region.name),
        endpoints=tuple(
            LiveEndpoint(
                each.service,
                each.host,
                each.path,
                each.name,
                each.record,
                version.replicas,
                each.component,
            )
            for each, version in found
        ),
        certificates={each.host: authority.sign_service(each.host) for each, _ in found},
        account={"aws": place.account, "gcp": place.project, "azure": place.subscription}[region.provider],
        roles=(role_in(authority.folder, region.location),) if region.provider == "aws" else (),
        clouds=authority.folder,
    )


def gateway_task(
    region: RegionPlan, found: Mapping[Slot, FoundEndpoint], authority: Authority
) -> GatewayTask:
    """A gateway's credentials.

    Args:
        found: the endpoints by slot.
    """
    if region.provider == "aws":
        # Also where nothing is managed yet: an Envoy cannot be given them later without a restart.
        role = role_in(authority.folder, region.location)
        return GatewayTask(environment_of(role, region.location), {}, {})
    audiences: dict[str, str] = {}
    for slot, each in found.items():
        if each.service == "vertex":
            audiences[cloud.ACCESS_TOKEN_SLOT] = ""
        elif each.service == "cloud-run":
            audiences[cloud.IDENTITY_TOKEN_SLOTS[slot]] = f"https://{each.host}"
    tokens = Tokens(authority.folder)
    return GatewayTask({}, audiences, {slot: tokens.current(told) for slot, told in audiences.items()})
