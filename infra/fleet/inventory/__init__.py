"""The instances of fleets, one by one: what each is, whether it serves, and since when it is paid for."""

from llmdeploy.infra.fleet.inventory.clients import (
    CloudClient,
    CloudClients,
    real_clouds,
    simulated_clouds,
)
from llmdeploy.infra.fleet.inventory.instances import CloudInstance, Inventory, InventoryClient

__all__ = [
    "CloudClient",
    "CloudClients",
    "CloudInstance",
    "Inventory",
    "InventoryClient",
    "real_clouds",
    "simulated_clouds",
]
