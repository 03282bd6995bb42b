"""The replicas of every chain: one priority a tier, so that the next is used only as the one before fails."""

from __future__ import annotations

from collections.abc import Sequence

from llmdeploy.serving.gateway.topology import Backend, Chain
from llmdeploy.serving.gateway.typed import Config, typed

METADATA = "llmdeploy"
"""The metadata namespace that carries a replica's name and region to logs, metrics and response headers."""


def load_assignment(chain: Chain, backends: Sequence[Backend]) -> Config:
    """The endpoints of one chain.

    Priorities must be dense: a tier without a replica keeps its number, with no endpoint in it.
    """
    return typed(
        "config.endpoint.v3.ClusterLoadAssignment",
        cluster_name=chain.name,
        endpoints=[
            {
                "locality": {"region": tier.region},
                "priority": priority,
                "lb_endpoints": [
                    _endpoint(backend) for backend in backends if (backend.region, backend.slot) == tier
                ],
            }
            for priority, tier in enumerate(chain.tiers)
        ],
    )


def _endpoint(backend: Backend) -> Config:
    return {
        "endpoint": {"address": socket_address(backend.host, backend.port)},
        "metadata": {
            "filter_metadata": {METADATA: {"region": backend.region, "replica": backend.replica}},
        },
    }


def socket_address(host: str, port: int) -> Config:
    """A TCP address."""
    return {"socket_address": {"address": host, "port_value": port}}
