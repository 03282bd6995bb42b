"""What of a deployment in clouds really runs: asked of each region, until it is up or surely is not."""

from llmdeploy.infra.fleet.client import FleetClient, FleetClients, FleetLook
from llmdeploy.infra.fleet.clients import real_fleets, simulated_fleets
from llmdeploy.infra.fleet.region import FleetState, RegionFleet
from llmdeploy.infra.fleet.watch import Pace, watch_fleets

__all__ = [
    "FleetClient",
    "FleetClients",
    "FleetLook",
    "FleetState",
    "Pace",
    "RegionFleet",
    "real_fleets",
    "simulated_fleets",
    "watch_fleets",
]
