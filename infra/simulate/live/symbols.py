"""What everything that listens in a live simulation is called (topology.py)."""

from __future__ import annotations

from typing import Final

from llmdeploy.infra.simulate.topology import Front
from llmdeploy.serving.plan.model import Slot

ACCELERATOR: Final = "accelerator"
DOMAIN: Final = "domain"


def fleet(region: str, slot: Slot) -> str:
    """The load balancer before a version's replicas."""
    return f"{region} fleet" if slot == "blue" else f"{region} fleet {slot}"


def front(region: str) -> str:
    """Where clients enter a region."""
    return f"{region} front"


def gateway(region: str) -> str:
    """A region's gateway."""
    return f"{region} gateway"


def relay(gateway_symbol: str, port: int) -> str:
    """The loopback port of a gateway in a cloud, which has another one here."""
    return f"{gateway_symbol} relay {port}"


def services(region: str) -> str:
    """What answers for a region's managed endpoints."""
    return f"{region} services"


def joint(shared: Front) -> str:
    """A front that spans regions."""
    return f"front {shared.address}"
