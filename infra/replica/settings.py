"""What a replica is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llmdeploy.infra.replica.fault import NO_FAULT, Fault


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter that a request chooses by `name` in its `model` field. `scale` multiplies its effect."""

    name: str
    path: Path
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class ReplicaSettings:
    """One replica.

    Args:
        weights: `smollm2`, `random`, a GGUF file, or a folder that holds one.
        context_length: tokens that one request may span, prompt and answer together.
        concurrency: requests that generate at once.
        max_waiting: requests that may wait for their turn; further ones are answered 429.
        threads: CPU threads that compute.
        drain_timeout_s: seconds that requests in flight may take to finish after SIGTERM.
        replica, region: who this is, for headers and metrics.
        fault: what it does wrong on purpose.
    """

    host: str
    port: int
    weights: str
    served_model_name: str
    context_length: int
    concurrency: int
    max_waiting: int
    threads: int
    drain_timeout_s: float
    replica: str
    region: str
    adapters: tuple[Adapter, ...] = ()
    fault: Fault = NO_FAULT
