"""The gateway as files: what Envoy is started with, and what it watches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import yaml

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.gateway.bearer import bearer_secret
from llmdeploy.serving.gateway.bootstrap import bootstrap
from llmdeploy.serving.gateway.clusters import cluster
from llmdeploy.serving.gateway.endpoints import load_assignment
from llmdeploy.serving.gateway.filters import (
    HEALTH_PATH,
    REGION_HEALTH_PATH,
    api_key_auth,
    http_filters,
)
from llmdeploy.serving.gateway.listeners import listener
from llmdeploy.serving.gateway.managed_tokens import token_for
from llmdeploy.serving.gateway.relays import (
    PEER_KEY,
    Relay,
    relay_cluster,
    relay_listener,
    relay_probe,
    trusted_secret,
)
from llmdeploy.serving.gateway.routes import route_configuration
from llmdeploy.serving.gateway.topology import (
    Backend,
    Entry,
    chains,
    own_chain,
    seen_from,
    shares,
)
from llmdeploy.serving.gateway.typed import Config
from llmdeploy.serving.gateway.versions import GatewayRegion
from llmdeploy.serving.plan.gateway import GatewayPlan

BOOTSTRAP_FILE = "bootstrap.yaml"
CLUSTERS_FILE = "clusters.yaml"
KEYS_FILE = "keys.yaml"
LISTENERS_FILE = "listeners.yaml"
PEER_KEY_FILE = "peer-key.yaml"
TRUSTED_FILE = "trusted.yaml"


def envoy_files(
    gateway: GatewayPlan,
    regions: Sequence[GatewayRegion],
    backends: Sequence[Backend],
    entries: Sequence[Entry],
    api_keys: Mapping[str, str],
    directory: str,
    admin_socket: str,
    relays: Sequence[Relay] = (),
    peer_key: str = "",
    trusted: str | None = None,
    tokens: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The files of a gateway, by name, in the order to write them: what is referred to stands before what
    refers.

    `bootstrap.yaml` is given to `envoy -c`; the others are watched: a new version renamed into place in
    `directory` is taken up without a restart. `keys.yaml` holds the API keys in clear and is left out when
    the gateway asks for none, as is `peer-key.yaml` where no relay leads to another gateway.

    Args:
        relays: the ways to regions that are reached by name; their backends are given with the others.
        peer_key: what other gateways ask for, in clear.
        trusted: the certificates (PEM) that other gateways' are verified with; None for those that public
            authorities have signed.
        tokens: what managed endpoints ask for, in clear, by the file that it stands in.

    Raises:
        LlmdeployError: the gateway asks for keys and `api_keys` is empty.
    """
    _require_keys(gateway, api_keys)
    peered = any(relay.peer for relay in relays)
    regions = seen_from(regions, entries, peered)
    all_chains = chains(gateway, regions, entries, peered)
    trusted_file = None if trusted is None else TRUSTED_FILE
    files = {
        BOOTSTRAP_FILE: _yaml(bootstrap(directory, admin_socket, CLUSTERS_FILE, LISTENERS_FILE)),
        **{
            endpoints_file(chain.name): _resources([load_assignment(chain, backends)]) for chain in all_chains
        },
        TRUSTED_FILE: trusted_text(trusted or ""),
        CLUSTERS_FILE: _resources(
            [
                *(
                    cluster(chain, gateway, directory, endpoints_file(chain.name), bool(relays))
                    for chain in all_chains
                ),
                *(relay_cluster(relay, gateway, directory, trusted_file) for relay in relays),
                *(probe for relay in relays for probe in relay_probe(relay, gateway)),
            ]
        ),
        KEYS_FILE: _resources([api_key_auth(api_keys)]),
        PEER_KEY_FILE: _resources([bearer_secret(PEER_KEY, peer_key)]),
        **_token_files(relays, tokens or {}),
        **{
            routes_file(entry.region): _resources(
                [route_configuration(gateway, regions, entry, relayed=bool(relays), peered=peered)]
            )
            for entry in entries
        },
        LISTENERS_FILE: _resources(
            [
                *(relay_listener(relay, gateway, directory, PEER_KEY_FILE) for relay in relays),
                *(_listener(gateway, regions, entry, directory, peered) for entry in entries),
            ]
        ),
    }
    if gateway.auth == "none":
        del files[KEYS_FILE]
    if gateway.auth == "none" or not peered:
        del files[PEER_KEY_FILE]
    if trusted is None or not peered:
        del files[TRUSTED_FILE]
    return files


def trusted_text(certificates: str) -> str:
    """What stands in `trusted.yaml` for these certificates (PEM)."""
    return _resources([trusted_secret(certificates)])


def endpoints_file(chain: str) -> str:
    """Where a chain's endpoints stand: Envoy takes one resource of this kind a file."""
    return f"endpoints.{_in_file_name(chain)}.yaml"


def routes_file(region: str) -> str:
    """Where the routes of a region's entry stand: Envoy takes one resource of this kind a file."""
    return f"routes.{_in_file_name(region)}.yaml"


def _token_files(relays: Sequence[Relay], tokens: Mapping[str, str]) -> dict[str, str]:
    wanted = [token_for(relay.managed, relay.slot) for relay in relays if relay.managed is not None]
    return {
        token.file: _resources([bearer_secret(token.name, tokens.get(token.file, ""))])
        for token in wanted
        if token is not None
    }


def _in_file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9@._-]", "-", name)


def _listener(
    gateway: GatewayPlan, regions: Sequence[GatewayRegion], entry: Entry, directory: str, peered: bool
) -> Config:
    health = {HEALTH_PATH: shares(gateway, regions, entry, None)[0].chain.name}
    if peered:
        own = next(region for region in regions if region.name == entry.region)
        health[REGION_HEALTH_PATH] = own_chain(own).name
    filters = http_filters(gateway, health, directory, KEYS_FILE)
    return listener(entry, gateway, filters, directory, routes_file(entry.region))


def _require_keys(gateway: GatewayPlan, api_keys: Mapping[str, str]) -> None:
    if gateway.auth == "api-key" and not api_keys:
        raise LlmdeployError(
            "the gateway asks for an API key but was given none to accept",
            "give one, or set routing.auth to none",
        )


def _resources(resources: Iterable[Config]) -> str:
    return _yaml({"resources": list(resources)})


def _yaml(config: Config) -> str:
    return yaml.dump(config, Dumper=yaml.CSafeDumper, sort_keys=False, width=1000, allow_unicode=True)
