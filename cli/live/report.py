"""What a deployment does at this moment, as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Health = Literal["healthy", "unhealthy", "down"]
"""`unhealthy` runs and does not answer as it should; `down` does not run."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a replica measures of itself. Seconds, tokens, requests; None where nothing was measured yet."""

    running: int | None
    waiting: int | None
    generated_tokens: int | None
    ttft_p50_s: float | None
    ttft_p95_s: float | None
    token_p50_s: float | None
    """Time per output token, the median."""


@dataclass(frozen=True, slots=True)
class ReplicaReport:
    """One replica: its process, and what it says of itself."""

    name: str
    health: Health
    state: str
    """In words: `ready`, `loading`, `no answer within 1 s`, `suspended`, …"""
    pid: int | None
    port: int | None
    traffic: Traffic | None


@dataclass(frozen=True, slots=True)
class RegionReport:
    """One region: the address of its gateway, and its replicas."""

    name: str
    entry: str
    entry_healthy: bool
    replicas: tuple[ReplicaReport, ...]

    @property
    def healthy(self) -> bool:
        """It can be entered, and all its replicas are healthy."""
        return self.entry_healthy and all(replica.health == "healthy" for replica in self.replicas)


@dataclass(frozen=True, slots=True)
class StatusReport:
    """A deployment as it is now."""

    stack: str
    endpoint: str
    model: str
    serves: str
    """What really answers: `llama.cpp with SmolLM2-135M-Instruct`."""
    regions: tuple[RegionReport, ...]
    spec_changed: bool
    """The spec is no longer the one that was brought up."""

    @property
    def healthy(self) -> bool:
        """Everything runs as the spec says."""
        return all(region.healthy for region in self.regions) and not self.spec_changed

    def document(self) -> dict[str, Any]:
        """The report for `--json`."""
        return {"ok": self.healthy} | asdict(self)
