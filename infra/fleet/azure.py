"""A region's endpoint in Azure: all that there is of a fleet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmdeploy.infra.fleet.client import FleetLook
from llmdeploy.infra.fleet.endpoints.azure import look_at
from llmdeploy.infra.fleet.endpoints.look import EndpointLook
from llmdeploy.infra.fleet.facts import read_endpoint
from llmdeploy.infra.fleet.inventory.instances import Inventory
from llmdeploy.infra.preflight.clouds.azure_api import AzureApi


class AzureFleets:
    """See `client.FleetClient`, and `inventory.InventoryClient`."""

    def __init__(self, api: AzureApi) -> None:
        self._api = api

    def look(self, location: str, facts: Mapping[str, Any]) -> FleetLook:
        """Its deployments. There are no gateways."""
        own, beside = self._version(facts).version, facts.get("beside")
        return FleetLook(
            launched=own.launched,
            healthy=own.healthy,
            gateways_healthy=None,
            trouble=own.trouble,
            beside=self._version(beside).version if beside is not None else None,
        )

    def inventory(self, location: str, facts: Mapping[str, Any], stack: str) -> Inventory:
        """Its replicas, as far as Azure tells."""
        return self._version(facts).inventory(read_endpoint(facts))

    def _version(self, facts: Mapping[str, Any]) -> EndpointLook:
        return look_at(self._api, read_endpoint(facts))
