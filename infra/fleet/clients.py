"""The clients of the real and of the simulated clouds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from llmdeploy.infra.fleet.client import FleetClient, FleetClients
from llmdeploy.serving.catalog.regions import CLOUDS

_ATTEMPTS: Final = 3
"""Of one call. Few, as everything is asked again some seconds later."""


def real_fleets(environ: Mapping[str, str] = os.environ) -> FleetClients:
    """Clients with the user's own credentials."""

    def aws() -> FleetClient:
        from llmdeploy.infra.fleet.aws import AwsFleets
        from llmdeploy.infra.preflight.clouds.aws import boto3_clients

        return AwsFleets(boto3_clients(_ATTEMPTS))

    def gcp() -> FleetClient:
        from llmdeploy.infra.fleet.gcp import GcpFleets
        from llmdeploy.infra.preflight.clouds.gcp_api import google_api

        return GcpFleets(google_api(environ))

    def azure() -> FleetClient:
        from llmdeploy.infra.fleet.azure import AzureFleets
        from llmdeploy.infra.preflight.clouds.azure_api import azure_api

        return AzureFleets(azure_api(environ))

    return {"aws": aws, "gcp": gcp, "azure": azure}


def simulated_fleets(folder: Path) -> FleetClients:
    """Clients of the simulated clouds that are kept in a folder."""

    def simulated() -> FleetClient:
        from llmdeploy.infra.fleet.simulated import SimulatedFleets
        from llmdeploy.infra.simulate.clouds import SimulatedClouds

        return SimulatedFleets(SimulatedClouds(folder))

    return dict.fromkeys(CLOUDS, simulated)
