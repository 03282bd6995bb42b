"""What is to be estimated: a sized replica, what it is asked, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llmdeploy.serving.sizing.request import SizingRequest


@dataclass(frozen=True, slots=True)
class Workload:
    """The requests. Exactly one of `concurrency` and `requests_per_second` says how often they come.

    With neither, all are queued before the start and the replica is never idle (offline, saturated).
    """

    input_tokens: int = 1024
    output_tokens: int = 256
    concurrency: int | None = None
    """Requests at once: as soon as one is answered the next is sent (closed loop)."""
    requests_per_second: float | None = None
    """Requests of independent users, on average (open loop)."""


@dataclass(frozen=True, slots=True)
class Speculation:
    """Speculative decoding: `method` as in the spec (draft, ngram, eagle, mtp)."""

    method: str
    tokens: int = 3
    """Guessed at a time."""
    draft_parameters: int = 0
    """Parameters of the draft model; 0 takes the method's usual share of the model."""


@dataclass(frozen=True, slots=True)
class SpeedRequest:
    """One replica under a load. The sizing request says model, GPU, division, formats and framework."""

    replica: SizingRequest
    workload: Workload = Workload()
    speculation: Speculation | None = None
    attention: Literal["tensor", "data"] = "tensor"
    """Over the ranks, attention is divided; or each has all of it for requests of its own, and only experts
    are divided (expert parallelism with data-parallel attention)."""
