"""What was measured of one version while it was watched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.rollout.latencies import Latencies, merged

Timing = Literal["ttft", "tpot"]
BLOCKS = 20
"""Neighbouring slices are put together to at most as many: the method of batch means, which wants 10 to 30
(Schmeiser, Operations Research 30(3), 1982)."""


class Slice(Frozen):
    """A piece of the window, usually between two scrapes. The slices of both versions have the same times."""

    seconds: PositiveFloat
    requests: NonNegativeInt
    """Ended requests that the version was given, good and bad."""
    failed: NonNegativeInt = 0
    """Of these: 5xx, refused, broken streams, and those given up because no answer had begun (timeouts, and
    requests that another replica answered instead)."""
    ttft: Latencies | None = None
    """Seconds to the first token."""
    tpot: Latencies | None = None
    """Seconds per output token after the first, one figure a request."""
    waiting: NonNegativeFloat | None = None
    """Requests that wait for a place, over all replicas, on average."""
    gpu_memory: float | None = Field(default=None, ge=0, le=1)
    """The share of GPU memory in use; None where there is no GPU."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.failed > self.requests:
            raise ValueError(f"{self.failed} requests failed of {self.requests}")
        return self

    def latencies(self, timing: Timing) -> Latencies | None:
        """One of the two."""
        return self.ttft if timing == "ttft" else self.tpot


class Window(Frozen):
    """One version from the beginning of a step until now."""

    replicas: PositiveInt
    slices: tuple[Slice, ...] = Field(min_length=1)
    begun: NonNegativeInt = 0
    """Requests that it was given meanwhile, ended or not; 0 also where only ended ones are known."""
    unavailable: float | None = Field(default=None, ge=0, le=1)
    """Of its replicas at each look, the share that did not serve: not running, or unhealthy to the gateway.
    None where nobody looked."""
    restarts: NonNegativeInt = 0
    """Crashes of the server process. A replica that its cloud took away is none."""
    evals_passed: NonNegativeInt | None = None
    evals_total: PositiveInt | None = None
    """Prompts of the quality gate; None where it was not run."""

    @cached_property
    def seconds(self) -> float:
        """How long it was watched."""
        return sum(piece.seconds for piece in self.slices)

    @cached_property
    def whole(self) -> Slice:
        """All slices as one."""
        return joined(self.slices)

    @property
    def asked(self) -> int:
        """Requests that it was given, as far as is known."""
        return max(self.begun, self.whole.requests)

    @property
    def answered(self) -> int:
        """Of these, those that it has answered well."""
        return self.whole.requests - self.whole.failed

    @cached_property
    def blocks(self) -> tuple[Slice, ...]:
        """Neighbouring slices put together, to at most `BLOCKS`."""
        count = len(self.slices)
        ends = (
            [count * index // BLOCKS for index in range(BLOCKS + 1)] if count > BLOCKS else range(count + 1)
        )
        return tuple(joined(self.slices[start:end]) for start, end in pairwise(ends))


def joined(slices: Sequence[Slice]) -> Slice:
    """Slices as one: counts are added, what waits and memory are averaged over time."""
    if len(slices) == 1:
        return slices[0]
    return Slice(
        seconds=sum(piece.seconds for piece in slices),
        requests=sum(piece.requests for piece in slices),
        failed=sum(piece.failed for piece in slices),
        ttft=merged([piece.ttft for piece in slices if piece.ttft is not None]),
        tpot=merged([piece.tpot for piece in slices if piece.tpot is not None]),
        waiting=_mean([(piece.waiting, piece.seconds) for piece in slices]),
        gpu_memory=_mean([(piece.gpu_memory, piece.seconds) for piece in slices]),
    )


def _mean(values: Sequence[tuple[float | None, float]]) -> float | None:
    known = [(value, seconds) for value, seconds in values if value is not None]
    if not known:
        return None
    low, high = min(known)[0], max(known)[0]  # Rounding must not lead out of what was measured.
    whole = sum(seconds for _, seconds in known)
    return min(high, max(low, sum(value * seconds for value, seconds in known) / whole))
