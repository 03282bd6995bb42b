"""Continuous batching in steady state: how long a request takes beside so many others.

Everything here rises with the number of others and falls with a faster GPU, by construction: each figure is
a sum, or a mixture of a quiet and a full step, of step times that do so themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.sizing.size import size
from llmdeploy.serving.speed.constants import HOSTS
from llmdeploy.serving.speed.request import SpeedRequest
from llmdeploy.serving.speed.result import Bound
from llmdeploy.serving.speed.steps import Steps, roofline

NORMAL_95 = 1.645
"""Standard deviations above the mean that 95 % of a normal distribution lies below."""


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
    longest = load.input_tokens + load.output_tokens
    tokens = size(replica).kv_tokens
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
    """One request's life beside `others` that run at the same time. Seconds."""

    others: float
    first: float
    """Of the steps that read its input."""
    step: float
    """Between its tokens, the input of others that is read meanwhile included."""
    slow_step: float
    """The same for the 5 % of requests beside which most input is read."""
    turn: float
    """From one input to the next while inputs queue and every step is full."""
    cycle: float
    """From its first step to its last token."""

    @property
    def running(self) -> float:
        """All requests at once."""
        return self.others + 1

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
    """Tokens of one step at most, in each lane."""
    lanes: int
    """Batches at the same time: pipeline stages, or ranks with requests of their own."""

    @cached_property
    def chunks(self) -> float:
        """Steps that reading one input takes."""
        return max(1.0, self.inputs / self.budget)

    @cached_property
    def life(self) -> float:
        """Steps from a request's first to its last."""
        return self.outputs - 1 + self.chunks

    @cached_property
    def most_others(self) -> float:
        """Others at which every step uses the whole budget; more of them wait outside."""
        return self.life * self.lanes * self.budget / (self.inputs + self.outputs - 1)

    def pace(self, others: float) -> Pace:
        """The pace beside so many others, or beside the most that the budget lets in.

        Each of the others spends `life` steps here: others / life start in every step, the rest get a token.
        """
        others = min(max(0.0, others), self.most_others)
        starts = others / self.life
        decodes = 1 + starts * (self.outputs - 1)
        quiet = self._seconds(decodes, 0.0)
        one = self._seconds(decodes, self.inputs / self.chunks)
        most = starts + NORMAL_95 * sqrt(starts / max(1, self.outputs - 1))
        step = self._step(decodes, quiet, one, starts)
        first = self._first(decodes, starts)
        return Pace(
            others=others,
            first=first,
            step=step,
            slow_step=self._step(decodes, quiet, one, most),
            turn=self._seconds(decodes, self._room) * self.inputs / self._room,
            cycle=first + (self.outputs - 1) * step,
        )

    def cycle(self, others: float) -> float:
        """The cycle of `pace(others)`."""
        starts = min(max(0.0, others), self.most_others) / self.life
        decodes = 1 + starts * (self.outputs - 1)
        if starts * self.chunks <= 1:
            quiet, one = self._seconds(decodes, 0.0), self._seconds(decodes, self.inputs / self.chunks)
        else:
            quiet = one = 0.0
        step = self._step(decodes, quiet, one, starts)
        return self._first(decodes, starts) + (self.outputs - 1) * step

    def reading(self, others: float) -> float:
        """The share of the budget that the input of so many others takes."""
        return others / self.life * self.inputs / self._room

    def _step(self, decodes: float, quiet: float, one: float, starts: float) -> float:
        """A step's mean time: below one chunk a step, some are quiet and some read one; above, all read."""
        reading = starts * self.chunks
        if reading <= 1:
            return quiet + (one - quiet) * reading
        return self._seconds(decodes, min(starts * self.inputs, self._room))

    def _first(self, decodes: float, starts: float) -> float:
        """The steps that read one input, with those that start in the same step in its lane."""
        together = min(self.budget, self.inputs * (1 + starts / self.lanes))
        return self.chunks * self._seconds(decodes, self.lanes * together)

    @cached_property
    def _room(self) -> float:
        return float(self.lanes * self.budget)

    def _seconds(self, decodes: float, prefill: float) -> float:
        return self.steps.seconds(decodes, self.inputs + self.outputs / 2, prefill, self.inputs)


def batching(request: SpeedRequest, steps: Steps | None = None) -> Batching:
    """The batching of a request's replica, by the roofline's steps unless others are given."""
    load, replica = request.workload, request.replica
    return Batching(
        steps=steps or roofline(request),
        inputs=load.input_tokens,
        outputs=load.output_tokens,
        budget=replica.batch[1],
        lanes=replica.pipeline_parallel * (replica.tensor_parallel if request.attention == "data" else 1),
    )
