"""The gateway of one cloud region: the same files as on this machine, with names in place of addresses.

They hold no output of any resource, so that no region's gateway waits for another region, and a preview shows
every change of a route.
"""

from __future__ import annotations

from collections.abc import Mapping

from llmdeploy.serving.gateway.files import KEYS_FILE, PEER_KEY_FILE, envoy_files
from llmdeploy.serving.gateway.managed import NO_HOSTS, ManagedEndpoint
from llmdeploy.serving.gateway.managed_tokens import ACCESS_TOKEN_FILE, AZURE_KEY_FILE, identity_token_file
from llmdeploy.serving.gateway.relays import Relay
from llmdeploy.serving.gateway.topology import Entry
from llmdeploy.serving.gateway.versions import GatewayRegion
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot

DIRECTORY = "/etc/envoy/llmdeploy"
"""The folder in the gateway's containers that one fills and the other watches."""
ADMIN_SOCKET = "/tmp/envoy-admin.sock"  # noqa: S108 - inside the container
ENTRY_PORT = 8080
"""Where Envoy takes requests, inside the network; TLS ends at the front."""
FLEET_PORTS: Mapping[Slot, int] = {"blue": 80, "green": 81}
"""Where the region's internal load balancer takes them, for the replicas of each slot."""
FLEET_PORT = FLEET_PORTS["blue"]
ADDRESS_A_SLOT = frozenset({"gcp"})
"""The clouds in which each slot has an address of its own, and so a name: Google's forwarding rules share an
address only if its purpose is SHARED_LOADBALANCER_VIP (compute API, Address.purpose), and one that is in use
cannot be given another.
"""
FRONT_PORT = 443
FIRST_RELAY_PORTS: Mapping[Slot, int] = {"blue": 18000, "green": 18500}
"""The relays' ports begin there: a port follows from the region's place in the plan and from the slot, so a
rollout moves none.
"""
CLIENT = "default"
"""The name under which the gateway knows the clients that send the deployment's key."""
PEER = "peer"
"""The name under which a gateway knows the other regions' gateways."""
KEY_SLOT = "{default-key}"
PEER_KEY_SLOT = "{peer-key}"
AZURE = "azure"
"""The name of the key of Azure ML's endpoints among those of the secret."""
AZURE_KEY_SLOT = "{azure-key}"
ACCESS_TOKEN_SLOT = "{access-token}"  # noqa: S105 - a slot, no token
"""Filled with the OAuth access token of the gateway's service account, and again before it ends."""
IDENTITY_TOKEN_SLOTS: Mapping[Slot, str] = {
    "blue": "{identity-token.blue}",
    "green": "{identity-token.green}",
}
"""As the access token, with an ID token for the Cloud Run service of a slot."""
TOKENS: Mapping[str, str] = {
    ACCESS_TOKEN_FILE: ACCESS_TOKEN_SLOT,
    AZURE_KEY_FILE: AZURE_KEY_SLOT,
    **{identity_token_file(slot): text for slot, text in IDENTITY_TOKEN_SLOTS.items()},
}
"""What stands in the files of tokens, until they are filled."""
TEMPLATE = ".template"
"""Files of this ending hold slots, which are filled where the gateway runs: the keys from the secret, tokens
from the machine that it runs on."""


def internal_domain(name: str) -> str:
    """The private DNS zone of a deployment's networks."""
    return f"{name}.llmdeploy.internal"


def fleet_host(name: str, slot: Slot = "blue") -> str:
    """The region's own internal load balancer; in the clouds of `ADDRESS_A_SLOT`, the slot's own."""
    return f"fleet{'' if slot == 'blue' else f'-{slot}'}.{internal_domain(name)}"


def peer_host(name: str, region: str) -> str:
    """The front of another region, as the private zone names it."""
    return f"{region.replace('/', '-')}.{internal_domain(name)}"


def front_name(name: str, domain: str | None) -> str:
    """What the fronts' certificates are for."""
    return domain or f"front.{internal_domain(name)}"


def gateway_objects(
    plan: Plan, region: RegionPlan, domain: str | None, hosts: Mapping[str, str] = NO_HOSTS
) -> dict[str, str]:
    """The files of the region's gateway by name, in the order to write them. None holds a secret: the keys
    are slots in files that end in `.template`. Without a domain `trusted.yaml` is among them and trusts
    nobody yet: its text is `trusted_text` of the fronts' own certificates.

    Args:
        domain: the deployment's public name, if it has one.
        hosts: of the endpoints of regions without gateways, by region.
    """
    relays = region_relays(plan, region, domain, hosts)
    files = envoy_files(
        plan.gateway,
        [GatewayRegion.of(each) for each in plan.regions],
        [relay.backend for relay in relays],
        [Entry(region.name, "0.0.0.0", ENTRY_PORT)],  # noqa: S104 - the network's rules choose who may ask
        {CLIENT: KEY_SLOT, PEER: PEER_KEY_SLOT} if plan.gateway.auth == "api-key" else {},
        DIRECTORY,
        ADMIN_SOCKET,
        relays,
        PEER_KEY_SLOT,
        "" if domain is None else None,
        TOKENS,
    )
    slotted = {KEYS_FILE, PEER_KEY_FILE, *TOKENS}
    return {f"{name}{TEMPLATE}" if name in slotted else name: text for name, text in files.items()}


def region_relays(
    plan: Plan, region: RegionPlan, domain: str | None, hosts: Mapping[str, str] = NO_HOSTS
) -> tuple[Relay, ...]:
    """The ways from a region's gateway: to the replicas of each of its versions, and to every other region's
    front, or, where a region has no gateways, to its endpoint.

    Args:
        hosts: as of `gateway_objects`.
    """
    return tuple(
        relay
        for index, each in enumerate(plan.regions)
        for relay in (
            _own_relays(plan, each, index, hosts)
            if each.name == region.name or not each.has_gateway
            else [_peer_relay(plan, each, index, domain)]
        )
    )


def _own_relays(plan: Plan, region: RegionPlan, index: int, hosts: Mapping[str, str]) -> list[Relay]:
    return [
        _own_relay(plan, fleet, index, hosts)
        # By slot: nothing changes when one version takes the other's place.
        for fleet in sorted(region.fleets, key=lambda fleet: fleet.slot)
    ]


def _own_relay(plan: Plan, fleet: RegionPlan, index: int, hosts: Mapping[str, str]) -> Relay:
    port = FIRST_RELAY_PORTS[fleet.slot] + index
    endpoint = ManagedEndpoint.of(plan, fleet, hosts)
    if endpoint is not None:
        host = endpoint.host
        return Relay(fleet.name, port, host, FRONT_PORT, host, slot=fleet.slot, managed=endpoint)
    host = fleet_host(plan.name, fleet.slot if fleet.provider in ADDRESS_A_SLOT else "blue")
    return Relay(fleet.name, port, host, FLEET_PORTS[fleet.slot], slot=fleet.slot)


def _peer_relay(plan: Plan, region: RegionPlan, index: int, domain: str | None) -> Relay:
    """Which of a region's versions answers is for its own gateway to say: the relay stays the same."""
    return Relay(
        region.name,
        FIRST_RELAY_PORTS["blue"] + index,
        peer_host(plan.name, region.name),
        FRONT_PORT,
        front_name(plan.name, domain),
        peer=True,
        slot=region.slot,
    )
