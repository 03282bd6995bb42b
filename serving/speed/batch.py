"""Continuous batching in steady state: how long a request takes when so many run at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.sizing.size import size
from llmdeploy.serving.speed.constants import HOSTS
from llmdeploy.serving.speed.request import SpeedRequest
from llmdeploy.serving.speed.result import Bound
from llmdeploy.serving.speed.steps import Steps


class NoRoom(LlmdeployError):
    """Not even one request of the workload fits into the cache."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The most requests that run at once, and what limits them."""

    count: float
    bounded_by: Bound


def slots(request: SpeedRequest) -> Slots:
    """Requests that cache and batch limit allow.

    Raises:
        NoRoom: the cache does not hold one request of the workload's lengths.
    """
    replica, load = request.replica, request.workload
    sizing = size(replica)
    longest = load.input_tokens + load.output_tokens
    tokens = sizing.kv_tokens
    if tokens < longest:
        raise NoRoom(
            f"{longest:,} tokens of input and output, the cache holds {max(0, tokens):,}",
            "take more or larger GPUs, a smaller format of weights or cache, or shorter requests",
        )
    reserved = HOSTS[replica.framework].reserves_output
    held = longest if reserved else load.input_tokens + load.output_tokens / 2
    batch = replica.batch[0] * (replica.tensor_parallel if request.attention == "data" else 1)
    return Slots(batch, "batch") if batch <= tokens / held else Slots(tokens / held, "cache")


@dataclass(frozen=True, slots=True)
class Pace:
    """One request's life while `running` requests are in the replica. Seconds."""

    running: float
    first: float
    """From its first step to its first token."""
    step: float
    """Between its tokens, the prefill of others included."""
    quiet_step: float
    """Between its tokens when nobody else's input is read."""
    cycle: float
    """From its first step to its last token."""

    @property
    def rate(self) -> float:
        """Requests per second that come out."""
        return self.running / self.cycle


@dataclass(frozen=True)
class Batching:
    """The steps of a replica, and the requests it is asked."""

    steps: Steps
    inputs: int
    outputs: int
    budget: int
    """Tokens of one step at most."""

    def pace(self, running: float) -> Pace:
        """The pace with so many requests at once.

        While one request gets its tokens, each of the others reads its input once: every step carries
        (running − 1) × inputs / outputs input tokens, as far as the budget of tokens goes. Beyond it requests
        wait for their input to be read, and no more get tokens at once.
        """
        others = max(0.0, running - 1) * self.inputs / self.outputs
        decodes = min(running, self._most_decodes)
        prefill = min(others, self.budget - decodes)
        quiet = self._seconds(decodes, 0.0)
        step = self._seconds(decodes, prefill) if prefill else quiet
        first = self.prefill(running - 1)
        cycle = max(first + (self.outputs - 1) * step, running * self._least_share)
        return Pace(running, first, step, quiet, cycle)

    @property
    def _most_decodes(self) -> float:
        """Requests that can get tokens at once while the budget also lets as many inputs be read."""
        return max(1.0, self.budget * self.outputs / (self.inputs + self.outputs))

    @cached_property
    def _least_share(self) -> float:
        """Seconds per request when every step uses the whole budget."""
        decodes = self._most_decodes
        return self.outputs / decodes * self._seconds(decodes, max(0.0, self.budget - decodes))

    def _seconds(self, decodes: float, prefill: float) -> float:
        return self.steps.seconds(decodes, self.inputs + self.outputs / 2, prefill, self.inputs)

    def prefill(self, beside: float, together: float = 1.0) -> float:
        """Seconds of the steps that read the input of `together` requests while others decode."""
        tokens = together * self.inputs
        chunk = min(tokens, max(1.0, self.budget - max(0.0, beside)))
        chunks = tokens / chunk
        context = self.inputs + self.outputs / 2
        return chunks * self.steps.seconds(max(0.0, beside) + 1 / chunks, context, chunk, self.inputs)

    def together(self, running: float) -> float:
        """Requests of a closed loop that are read in one step, at most.

        Those admitted together end together and are followed together: bunches stay, up to the budget.
        """
        return max(1.0, min(running, self.budget / self.inputs))
