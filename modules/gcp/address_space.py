"""The addresses of each region in the deployment's own network.

They are written down, not dealt out, so that a region that comes or goes moves no other, and so that the
private name of a region's fleet can be registered without waiting for the region. Only ever append: a moved
region would lose its subnets, and with them everything in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.plan.model import Slot

REGIONS = (
    "us-central1", "us-east1", "us-east4", "us-east5", "us-south1",
    "us-west1", "us-west2", "us-west3", "us-west4",
    "northamerica-northeast1", "northamerica-northeast2", "northamerica-south1",
    "southamerica-east1", "southamerica-west1",
    "europe-central2", "europe-north1", "europe-north2", "europe-southwest1", "europe-west1", "europe-west2",
    "europe-west3", "europe-west4", "europe-west6", "europe-west8", "europe-west9", "europe-west10",
    "europe-west12",
    "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3",
    "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2", "asia-southeast3",
    "australia-southeast1", "australia-southeast2",
    "me-central1", "me-central2", "me-west1", "africa-south1",
)  # fmt: skip
"""The regions of serving/catalog/data/regions.yaml; the place here is the second number of the addresses."""


@dataclass(frozen=True, slots=True)
class AddressSpace:
    """The addresses of one region."""

    instances: str
    """4,092 instances and load balancers."""
    proxies: str
    """Google's proxies, which run the region's internal load balancers; /23 is what Google recommends
    (load-balancing/docs/proxy-only-subnets)."""
    fleets: Mapping[Slot, str]
    """The internal load balancers of the versions, by slot: rules of one load balancer share an address only
    if its purpose is SHARED_LOADBALANCER_VIP, and one that is in use cannot be given another (compute API,
    Address.purpose). At the end of the range, as instances take from its beginning.
    """


def address_space(location: str) -> AddressSpace:
    """The addresses of a region.

    Raises:
        LlmdeployError: the region has none here.
    """
    if location not in REGIONS:
        raise LlmdeployError(
            f"gcp/{location} has no addresses in the deployment's network",
            "use another region, or append it to REGIONS in modules/gcp/address_space.py",
        )
    second = REGIONS.index(location)
    fleets: Mapping[Slot, str] = {"blue": f"10.{second}.15.250", "green": f"10.{second}.15.251"}
    return AddressSpace(f"10.{second}.0.0/20", f"10.{second}.16.0/23", fleets)
