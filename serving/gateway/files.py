"""The gateway as files: what Envoy is started with, and what it watches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import yaml

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.gateway.bootstrap import bootstrap
from llmdeploy.serving.gateway.clusters import cluster
from llmdeploy.serving.gateway.endpoints import load_assignment
from llmdeploy.serving.gateway.filters import api_key_auth, http_filters
from llmdeploy.serving.gateway.listeners import listener
from llmdeploy.serving.gateway.routes import route_configuration
from llmdeploy.serving.gateway.topology import Backend, Entry, GatewayRegion, chains, shares
from llmdeploy.serving.gateway.typed import Config
from llmdeploy.serving.plan.gateway import GatewayPlan

BOOTSTRAP_FILE = "bootstrap.yaml"
CLUSTERS_FILE = "clusters.yaml"
KEYS_FILE = "keys.yaml"
LISTENERS_FILE = "listeners.yaml"


def envoy_files(
    gateway: GatewayPlan,
    regions: Sequence[GatewayRegion],
    backends: Sequence[Backend],
    entries: Sequence[Entry],
    api_keys: Mapping[str, str],
    directory: str,
    admin_socket: str,
) -> dict[str, str]:
    """The files of a gateway, by name, in the order to write them: what is referred to stands before what
    refers.

    `bootstrap.yaml` is given to `envoy -c`; the others are watched: a new version renamed into place in
    `directory` is taken up without a restart. `keys.yaml` holds the API keys in clear and is left out when
    the gateway asks for none.

    Raises:
        LlmdeployError: the gateway asks for keys and `api_keys` is empty.
    """
    _require_keys(gateway, api_keys)
    all_chains = chains(gateway, regions, entries)
    files = {
        BOOTSTRAP_FILE: _yaml(bootstrap(directory, admin_socket, CLUSTERS_FILE, LISTENERS_FILE)),
        **{
            endpoints_file(chain.name): _resources([load_assignment(chain, backends)]) for chain in all_chains
        },
        CLUSTERS_FILE: _resources(
            cluster(chain, gateway, directory, endpoints_file(chain.name)) for chain in all_chains
        ),
        KEYS_FILE: _resources([api_key_auth(api_keys)]),
        **{
            routes_file(entry.region): _resources([route_configuration(gateway, regions, entry)])
            for entry in entries
        },
        LISTENERS_FILE: _resources(_listener(gateway, regions, entry, directory) for entry in entries),
    }
    if gateway.auth == "none":
        del files[KEYS_FILE]
    return files


def endpoints_file(chain: str) -> str:
    """Where a chain's endpoints stand: Envoy takes one resource of this kind a file."""
    return f"endpoints.{_in_file_name(chain)}.yaml"


def routes_file(region: str) -> str:
    """Where the routes of a region's entry stand: Envoy takes one resource of this kind a file."""
    return f"routes.{_in_file_name(region)}.yaml"


def _in_file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9@._-]", "-", name)


def _listener(gateway: GatewayPlan, regions: Sequence[GatewayRegion], entry: Entry, directory: str) -> Config:
    first = shares(gateway, regions, entry, None)[0].chain
    filters = http_filters(gateway, first.name, directory, KEYS_FILE)
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
