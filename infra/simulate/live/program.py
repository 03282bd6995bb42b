"""The Pulumi program of a live simulation: local replicas for the simulated instances, Envoys for gateways
and load balancers. It is a stack of its own, so that it converges, survives kills and is removed as any
deployment on this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmdeploy.infra.simulate.live import balancer as balancers
from llmdeploy.infra.simulate.live.balancer import Balancer, HealthCheck, Verified
from llmdeploy.infra.simulate.live.gateway_files import gateway_texts, relay_symbols
from llmdeploy.infra.simulate.live.layout import (
    BALANCER_PROGRAM,
    EDGE,
    ENTRY,
    FRONT_PROGRAM,
    GATEWAY_PROGRAM,
    SERVICE_PROGRAM,
)
from llmdeploy.infra.simulate.live.service_told import service_told
from llmdeploy.infra.simulate.live.topology import (
    LiveBalancer,
    LiveGateway,
    LiveRegion,
    LiveService,
    LiveTopology,
    LiveVersion,
)
from llmdeploy.serving.gateway.cloud import TEMPLATE
from llmdeploy.serving.gateway.relays import LOOPBACK
from llmdeploy.stacks import names

MIN_READY_S = 1.0
CLIENT_CHECK = HealthCheck("/health", 0.5, 2, 1)
ADMIN = "{admin}"
DIRECTORY = "{directory}"


@dataclass(frozen=True, slots=True)
class _Client:
    """Where this machine's clients enter, over plain HTTP: it speaks TLS with what the symbol `to` names."""

    symbol: str
    to: str
    verified: Verified

    @property
    def name(self) -> str:
        """In statistics and logs."""
        return f"entry.{self.symbol}"

    def balancer(self, ports: Mapping[str, int]) -> Balancer:
        """It as an Envoy has it."""
        port, target = int(ports[self.symbol]), int(ports[self.to])
        return Balancer(self.name, port, ((target,),), CLIENT_CHECK, onward=self.verified)


def deploy_live(topology: LiveTopology, run_dir: Path) -> None:
    """Declare everything of the topology, and export what `status`, `drill` and `chat` need."""
    import pulumi

    from llmdeploy.modules.simulated import Addresses

    known = Addresses("addresses", names=_symbols(topology)).ports
    replicas: dict[str, Any] = {}
    for region in topology.regions:
        replicas |= _region(region, run_dir / region.location, known)
    _front(topology, run_dir / ENTRY, known)
    _export(topology, replicas, known)
    pulumi.export("simulated", True)
    pulumi.export("addresses", known)


def _symbols(topology: LiveTopology) -> list[str]:
    found = [balancer.symbol for balancer in topology.front]
    for region in topology.regions:
        found += [balancer.symbol for balancer in region.balancers]
        if region.gateway is not None:
            found += [region.gateway.symbol, *relay_symbols(region.gateway).values()]
        if region.service is not None:
            found.append(region.service.symbol)
    return [*found, *_client_entries(topology)]


def _client_entries(topology: LiveTopology) -> dict[str, str]:
    """Where this machine's clients enter, by symbol: to the deployment's name, and to each region's front."""
    return {"clients": topology.entry} | {
        f"clients {region}": symbol for region, symbol in topology.entries.items()
    }


def _region(region: LiveRegion, folder: Path, known: Any) -> dict[str, Any]:
    import pulumi

    from llmdeploy.modules.local.resources import Replica, Supervisor

    name = names.region(region.name)
    supervisor = Supervisor(name, folder=str(folder), opts=pulumi.ResourceOptions())
    made = {
        replica: Replica(
            f"{name}-{replica}",
            folder=supervisor.folder,
            name=replica,
            region=region.name,
            server=version.server,
            min_ready_s=MIN_READY_S,
            opts=pulumi.ResourceOptions(),
        )
        for version in region.versions
        for replica in version.replicas
    }
    ports = {replica: resource.port for replica, resource in made.items()}
    if region.service is not None:
        _service(f"{name}-services", region, region.service, folder, supervisor.folder, ports, known)
    # Under a supervisord of its own: a drill takes the region's instances and leaves its gateway, as a lost
    # fleet does.
    edge = Supervisor(f"{name}-edge", folder=f"{folder}{EDGE}", opts=pulumi.ResourceOptions())
    _balancers(f"{name}-balancers", region.balancers, edge.folder, BALANCER_PROGRAM, ports, known)
    if region.gateway is not None:
        _gateway(f"{name}-gateway", region.gateway, edge.folder, known)
    return {
        replica: _told(region, version, made[replica], known)
        for version in region.versions
        for replica in version.replicas
    }


def _told(region: LiveRegion, version: LiveVersion, replica: Any, known: Any) -> dict[str, Any]:
    """What is exported of a replica. `counted_at`: the ports by which gateways know its version; `sent_to`:
    those by which it is known to who sends to it, if not by its own.
    """
    counted = known.apply(lambda ports: [ports[relay] for relay in version.relays if relay in ports])
    return ({"sent_to": counted} if version.managed else {}) | {
        "counted_at": counted,
        "region": region.name,
        "port": replica.port,
        "log": replica.log,
        "metrics_path": version.server.metrics_path,
        "revision": version.revision,
    }


def _balancers(
    name: str,
    wanted: tuple[LiveBalancer, ...],
    folder: Any,
    program: str,
    replica_ports: Mapping[str, Any],
    known: Any,
    clients: tuple[_Client, ...] = (),
) -> None:
    import pulumi

    from llmdeploy.modules.simulated import Envoy

    def texts(found: list[Any]) -> dict[str, str]:
        ports = {**found[0], **found[1]}
        made = [*(_balancer(each, ports) for each in wanted), *(each.balancer(ports) for each in clients)]
        return balancers.balancer_texts(made, ADMIN, DIRECTORY)

    listened = [*(each.symbol for each in wanted), *(each.symbol for each in clients)]
    if not listened:
        return
    Envoy(
        name,
        folder=folder,
        name=program,
        order=balancers.balancer_files(each.symbol for each in wanted if each.moving),
        texts=pulumi.Output.all(known, dict(replica_ports)).apply(texts),
        ports=known.apply(lambda ports: {symbol: ports[symbol] for symbol in listened}),
    )


def _balancer(wanted: LiveBalancer, ports: Mapping[str, int]) -> Balancer:
    tiers = tuple(tuple(int(ports[symbol]) for symbol in tier) for tier in wanted.tiers)
    port = int(ports[wanted.symbol])
    return Balancer(wanted.symbol, port, tiers, wanted.health, wanted.layer, wanted.tls, moving=wanted.moving)


def _service(
    name: str,
    region: LiveRegion,
    service: LiveService,
    folder: Path,
    supervised: Any,
    replica_ports: Mapping[str, Any],
    known: Any,
) -> None:
    import pulumi

    from llmdeploy.modules.simulated import Service

    def told(found: list[Any]) -> str:
        return service_told(region, service, folder, found[0], found[1]).model_dump_json()

    # Beside the replicas, whose region a drill takes as a whole.
    Service(
        name,
        folder=supervised,
        name=SERVICE_PROGRAM,
        text=pulumi.Output.all(known, dict(replica_ports)).apply(told),
        port=known.apply(lambda ports: ports[service.symbol]),
    )


def _gateway(name: str, gateway: LiveGateway, folder: Any, known: Any) -> None:
    from llmdeploy.modules.simulated import Envoy

    Envoy(
        name,
        folder=folder,
        name=GATEWAY_PROGRAM,
        order=[file.removesuffix(TEMPLATE) for file in gateway.objects],
        texts=known.apply(lambda ports: gateway_texts(gateway, ports, DIRECTORY, ADMIN)),
        environment=gateway.environment,
        ports=known.apply(lambda ports: {gateway.symbol: ports[gateway.symbol]}),
    )


def _front(topology: LiveTopology, folder: Path, known: Any) -> None:
    import pulumi

    from llmdeploy.modules.local.resources import Supervisor

    supervisor = Supervisor(ENTRY, folder=str(folder), opts=pulumi.ResourceOptions())
    verified = Verified(topology.server_name, topology.trusted)
    clients = tuple(_Client(symbol, to, verified) for symbol, to in _client_entries(topology).items())
    _balancers("front", topology.front, supervisor.folder, FRONT_PROGRAM, {}, known, clients)


def _export(topology: LiveTopology, replicas: Mapping[str, Any], known: Any) -> None:
    import pulumi

    def url(symbol: str) -> Any:
        return known.apply(lambda ports: f"http://{LOOPBACK}:{int(ports[symbol])}/v1")

    pulumi.export("endpoint", url("clients"))
    pulumi.export("entries", {region: url(f"clients {region}") for region in topology.entries})
    pulumi.export("servers", {region.name: _server(region.versions[0]) for region in topology.regions})
    pulumi.export("short", {region.name: region.short for region in topology.regions if region.short})
    pulumi.export("replicas", dict(replicas))


def _server(version: LiveVersion) -> Mapping[str, str]:
    """What really serves."""
    server = version.server
    return {"kind": server.kind, "weights": server.weights, "substitution": server.substitution}
