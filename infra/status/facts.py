"""What is known of a deployment before anybody looks at its processes: from its plan and its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llmdeploy.infra.provider.envoy import PROGRAM
from llmdeploy.infra.provider.observe import GATEWAY
from llmdeploy.infra.simulate.live.layout import BALANCER_PROGRAM, EDGE, GATEWAY_PROGRAM
from llmdeploy.infra.status.deployed import ReplicaRole, replica_roles
from llmdeploy.serving.plan.model import REVISION_LENGTH, Plan


@dataclass(frozen=True, slots=True)
class ReplicaFacts:
    """A replica as `up` left it.

    Args:
        folder: of its region, where its supervisord and its files are.
        sent_to: the ports by which the Envoys that send to it know it, where these are not its own: of a
            managed endpoint, all its replicas have the same, one for each gateway that asks it.
        counted_at: the ports by which clients' requests are counted, likewise.
        revision: the first characters of its spec's digest; empty where that is not known.
        role: of its version in the region.
    """

    name: str
    region: str
    folder: Path
    port: int
    health_path: str
    metrics_path: str
    revision: str = ""
    role: ReplicaRole = "own"
    sent_to: tuple[int, ...] = ()
    counted_at: tuple[int, ...] = ()

    @property
    def seen_at(self) -> tuple[int, ...]:
        """Where Envoys know it."""
        return self.sent_to or (self.port,)

    @property
    def counted(self) -> tuple[int, ...]:
        """Where its requests are counted."""
        return self.counted_at or self.seen_at


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """A region as `up` left it. `entry` is the base URL of the API there."""

    name: str
    folder: Path
    entry: str
    server: str
    weights: str
    substitution: str
    replicas: tuple[ReplicaFacts, ...]
    evacuated: bool = False

    @property
    def edge(self) -> Path:
        """The folder of its gateway and load balancers, in a live simulation."""
        return self.folder.with_name(self.folder.name + EDGE)

    @property
    def seen_at(self) -> frozenset[int]:
        """Where Envoys know its replicas."""
        return frozenset(port for replica in self.replicas for port in replica.seen_at)

    @property
    def managed(self) -> bool:
        """Whether its gateway sends to an endpoint of its cloud's, and not through a load balancer."""
        return any(replica.sent_to for replica in self.replicas)


@dataclass(frozen=True, slots=True)
class DeploymentFacts:
    """A deployment as `up` left it.

    Args:
        model: the served name.
        endpoint: the base URL of the API: the entry of the first region.
        api_key: None when the gateway asks for none, or the secrets were not asked for.
        spec_changed: the plan is made from another spec than the one that is up.
        startup_timeout_s: how long a replica may take to load, seconds.
    """

    stack: str
    run_dir: Path
    model: str
    endpoint: str
    api_key: str | None = field(repr=False)
    spec_changed: bool
    startup_timeout_s: float
    regions: tuple[RegionFacts, ...]
    simulated: bool = False
    """Whether the regions are those of simulated clouds, run on this machine."""

    @property
    def replicas(self) -> tuple[ReplicaFacts, ...]:
        """The replicas of all regions."""
        return tuple(replica for region in self.regions for replica in region.replicas)

    @property
    def balancers(self) -> tuple[tuple[Path, str], ...]:
        """The Envoys that send to the replicas: folder and name of each."""
        if not self.simulated:
            return ((self.run_dir / GATEWAY, PROGRAM),)
        # A region without an entry is asked by the gateways of all others.
        asked_by_all = any(not region.entry for region in self.regions)
        return tuple(
            (region.edge, program)
            for region in self.regions
            if region.entry
            for program in (
                BALANCER_PROGRAM,
                *([GATEWAY_PROGRAM] if asked_by_all or region.managed else ()),
            )
        )

    @property
    def counters(self) -> tuple[tuple[Path, str], ...]:
        """The Envoys that count clients' requests and nothing else: a load balancer behind a gateway also has
        the gateway's checks.
        """
        if not self.simulated:
            return self.balancers
        return tuple((region.edge, GATEWAY_PROGRAM) for region in self.regions if region.entry)

    def region(self, name: str) -> RegionFacts:
        """The region called `name`.

        Raises:
            KeyError: there is none.
        """
        for region in self.regions:
            if region.name == name:
                return region
        raise KeyError(name)


def deployment_facts(plan: Plan, run_dir: Path, outputs: Mapping[str, Any]) -> DeploymentFacts:
    """The facts of what is up. The outputs say what that is; the plan, which may have changed since, adds the
    health pages.

    Args:
        outputs: of the stack (`Runner.outputs`); with its secrets when a load is to be sent.
    """
    return DeploymentFacts(
        stack=plan.stack_name,
        run_dir=run_dir,
        model=outputs["model"]["served_name"],
        endpoint=outputs["endpoint"],
        api_key=outputs.get("api_key"),
        spec_changed=outputs["spec_digest"] != plan.spec_digest,
        startup_timeout_s=max(region.server.startup_timeout_s for region in plan.regions),
        regions=tuple(_region(name, plan, run_dir, outputs) for name in _names(plan, outputs)),
        simulated=bool(outputs.get("simulated")),
    )


def _names(plan: Plan, outputs: Mapping[str, Any]) -> list[str]:
    """The regions with entries, then those that only others' gateways ask."""
    direct = [region.name for region in plan.regions if not region.has_gateway]
    return [*outputs["entries"], *(name for name in direct if name in outputs["servers"])]


def _region(name: str, plan: Plan, run_dir: Path, outputs: Mapping[str, Any]) -> RegionFacts:
    server = outputs["servers"][name]
    folder = run_dir / name.partition("/")[2]
    pages = {region.name: region.server.health_path for region in plan.regions}
    roles = replica_roles(outputs)
    return RegionFacts(
        name=name,
        folder=folder,
        entry=outputs["entries"].get(name, ""),
        server=server["kind"],
        weights=server["weights"],
        substitution=server["substitution"],
        replicas=tuple(
            ReplicaFacts(
                name=replica,
                region=name,
                folder=folder,
                port=int(found["port"]),
                health_path=pages.get(name, plan.gateway.health.path),
                metrics_path=found["metrics_path"],
                revision=found.get("revision") or outputs["spec_digest"][:REVISION_LENGTH],
                role=roles.get(replica, "own"),
                sent_to=tuple(int(port) for port in found.get("sent_to") or ()),
                counted_at=tuple(int(port) for port in found.get("counted_at") or ()),
            )
            for replica, found in outputs["replicas"].items()
            if found["region"] == name
        ),
        evacuated=name in (outputs.get("evacuated") or ()),
    )
