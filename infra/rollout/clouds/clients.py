"""What is asked: the real clouds, or simulated ones that nobody asks anything."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from llmdeploy.infra.fleet.client import FleetClients
from llmdeploy.infra.fleet.clients import real_fleets, simulated_fleets
from llmdeploy.infra.rollout.clouds.minutes import Monitoring

_ATTEMPTS: Final = 3
"""Of one call. Few, as everything is asked again some seconds later."""


@dataclass(frozen=True, slots=True)
class CloudClients:
    """By provider, each made when it is first asked.

    Args:
        monitoring: None where no requests are counted.
    """

    fleets: FleetClients
    monitoring: Mapping[str, Callable[[], Monitoring]] | None


def real_clouds(environ: Mapping[str, str] = os.environ) -> CloudClients:
    """Clients with the user's own credentials."""

    def aws() -> Monitoring:
        from llmdeploy.infra.preflight.clouds.aws import boto3_clients
        from llmdeploy.infra.rollout.clouds.aws import CloudWatchFigures

        return CloudWatchFigures(boto3_clients(_ATTEMPTS))

    def gcp() -> Monitoring:
        from llmdeploy.infra.preflight.clouds.gcp_api import google_api
        from llmdeploy.infra.rollout.clouds.gcp import CloudMonitoringFigures

        return CloudMonitoringFigures(google_api(environ))

    def azure() -> Monitoring:
        from llmdeploy.infra.preflight.clouds.azure_api import azure_api
        from llmdeploy.infra.rollout.clouds.azure import AzureMonitorFigures

        return AzureMonitorFigures(azure_api(environ))

    return CloudClients(real_fleets(environ), {"aws": aws, "gcp": gcp, "azure": azure})


def simulated_clouds(folder: Path) -> CloudClients:
    """The simulated clouds that are kept in a folder, and run nothing."""
    return CloudClients(simulated_fleets(folder), None)
