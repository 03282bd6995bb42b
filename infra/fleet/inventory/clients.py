"""The clients of the real and of the simulated clouds, for one look at all of a deployment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from llmdeploy.infra.fleet.client import FleetClient
from llmdeploy.infra.fleet.inventory.instances import InventoryClient
from llmdeploy.serving.catalog.regions import CLOUDS

_ATTEMPTS: Final = 2
"""Of one call: whoever looks does not want to wait, and can look again."""


@dataclass(frozen=True, slots=True)
class CloudClient:
    """Both ways to ask an account of a cloud: fleet by fleet, and instance by instance."""

    fleets: FleetClient
    inventory: InventoryClient


CloudClients = Mapping[str, Callable[[], CloudClient]]
"""By provider. A client is made at the first question, which may raise ExtraMissing or NoCredentials."""


def real_clouds(environ: Mapping[str, str] = os.environ) -> CloudClients:
    """Clients with the user's own credentials."""

    def aws() -> CloudClient:
        from llmdeploy.infra.fleet.aws import AwsFleets
        from llmdeploy.infra.fleet.inventory.aws import AwsInventory
        from llmdeploy.infra.preflight.clouds.aws import boto3_clients

        client = boto3_clients(_ATTEMPTS)
        return CloudClient(AwsFleets(client), AwsInventory(client))

    def gcp() -> CloudClient:
        from llmdeploy.infra.fleet.gcp import GcpFleets
        from llmdeploy.infra.fleet.inventory.gcp import GcpInventory
        from llmdeploy.infra.preflight.clouds.gcp_api import google_api

        api = google_api(environ)
        return CloudClient(GcpFleets(api), GcpInventory(api))

    def azure() -> CloudClient:
        from llmdeploy.infra.fleet.azure import AzureFleets
        from llmdeploy.infra.preflight.clouds.azure_api import azure_api

        fleets = AzureFleets(azure_api(environ))
        return CloudClient(fleets, fleets)

    return {"aws": aws, "gcp": gcp, "azure": azure}


def simulated_clouds(folder: Path) -> CloudClients:
    """Clients of the simulated clouds that are kept in a folder."""

    def simulated() -> CloudClient:
        from llmdeploy.infra.fleet.inventory.simulated import SimulatedInventory
        from llmdeploy.infra.fleet.simulated import SimulatedFleets
        from llmdeploy.infra.simulate.clouds import SimulatedClouds

        clouds = SimulatedClouds(folder)
        return CloudClient(SimulatedFleets(clouds), SimulatedInventory(clouds))

    return dict.fromkeys(CLOUDS, simulated)
