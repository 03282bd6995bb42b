"""What a simulated cloud would run, as data: who listens, and who stands behind whom.

Everything that listens has a symbol: `us-east-1-0` a replica, `aws/us-east-1 gateway`, `aws/us-east-1 fleet`,
and `us-east-1-green-0`, `aws/us-east-1 fleet green` of the version in the other slot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from llmdeploy.infra.simulate.live.balancer import HealthCheck, Tls
from llmdeploy.infra.simulate.live.services.configuration import Role
from llmdeploy.infra.simulate.live.transplant import Address
from llmdeploy.serving.plan.model import ServerPlan
from llmdeploy.serving.spec.managed import Service


@dataclass(frozen=True, slots=True)
class LiveBalancer:
    """A load balancer that sends to `tiers`, the symbols of its targets, the first healthy tier first.

    Args:
        moving: whether they come and go while it runs.
    """

    symbol: str
    tiers: tuple[tuple[str, ...], ...]
    health: HealthCheck
    layer: Literal["http", "tcp"] = "http"
    tls: Tls | None = None
    moving: bool = False


@dataclass(frozen=True, slots=True)
class LiveGateway:
    """A region's gateway.

    Args:
        objects: its files, as they lie in the region's bucket.
        secret: the keys by client, as the secret holds them.
        hosts: what stands behind each address that the files name, by symbol.
        environment: what its task gets from its cloud; secret.
        audiences: whom the token of each slot in the files is for; empty for an access token.
        tokens: those tokens as they are now.
    """

    symbol: str
    objects: Mapping[str, str]
    secret: Mapping[str, str]
    hosts: Mapping[Address, str]
    environment: Mapping[str, str] = field(default_factory=dict)
    audiences: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """The replicas of one version in a region, and what serves in each. A group short of capacity has fewer
    than it wants.
    """

    replicas: tuple[str, ...]
    revision: str
    server: ServerPlan
    relays: tuple[str, ...] = ()
    """The symbols of the gateways' ways to it, which stand for all its replicas."""
    managed: bool = False
    """Whether no load balancer of ours, but an endpoint of the cloud's, stands before them."""


@dataclass(frozen=True, slots=True)
class LiveEndpoint:
    """A managed endpoint.

    Args:
        host: that clients call.
        path: what its paths begin with; empty where the host is its own.
        name: as the service calls it.
        record: the number of its resource.
        replicas: that stand for its instances.
        component: that hosts its model; empty where it does itself.
    """

    service: Service
    host: str
    path: str
    name: str
    record: int
    replicas: tuple[str, ...]
    component: str = ""


@dataclass(frozen=True, slots=True)
class LiveService:
    """What answers for the managed endpoints of a region.

    Args:
        certificates: by host.
        account: that the endpoints belong to.
        roles: whose signatures are taken.
        clouds: the folder of the simulated clouds.
    """

    symbol: str
    endpoints: tuple[LiveEndpoint, ...]
    certificates: Mapping[str, Tls]
    account: str
    roles: tuple[Role, ...]
    clouds: Path


@dataclass(frozen=True, slots=True)
class LiveRegion:
    """All that runs in one region. Its own version comes first."""

    name: str
    versions: tuple[LiveVersion, ...]
    balancers: tuple[LiveBalancer, ...]
    gateway: LiveGateway | None
    service: LiveService | None = None
    short: str = ""
    """Why it has fewer replicas than it should; empty when it has all."""

    @property
    def location(self) -> str:
        """The region without its provider."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class LiveTopology:
    """All regions, what stands in front of them, and where clients come in.

    Args:
        front: load balancers that belong to no region.
        entry: the symbol that the deployment's name leads to.
        entries: the symbol of each region's own front.
        server_name: what the fronts' certificates are for.
        trusted: the certificates (PEM) that clients verify the fronts with.
    """

    regions: tuple[LiveRegion, ...]
    front: tuple[LiveBalancer, ...]
    entry: str
    entries: Mapping[str, str]
    server_name: str
    trusted: str
