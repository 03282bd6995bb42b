"""The time of one step of continuous batching, by a smooth roofline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from llmdeploy.serving.speed import constants
from llmdeploy.serving.speed.constants import Host
from llmdeploy.serving.speed.links import Link, link
from llmdeploy.serving.speed.rates import Rates, rates
from llmdeploy.serving.speed.request import SpeedRequest
from llmdeploy.serving.speed.work import Lookback, Work, narrow_cache, work


class Steps(Protocol):
    """What gives the time of a step."""

    @property
    def source(self) -> str:
        """What the times come from."""
        ...

    def seconds(
        self, decodes: float, context: float, prefill: float, length: float, guesses: int = 0
    ) -> float:
        """Seconds of a step.

        `decodes` requests, each with `context` tokens so far, get one token more (and `guesses` are checked
        with it); `prefill` input tokens of requests that are `length` tokens long are read beside them.
        """
        ...


@dataclass(frozen=True, slots=True)
class Roofline:
    """Step times from bytes, FLOPs and messages."""

    work: Work
    rates: Rates
    link: Link
    host: Host
    ranks: int
    stages: int
    shares_attention: bool
    """Attention is divided over the ranks; else each rank has whole requests of its own."""
    narrow_cache: bool
    source: str = "roofline"

    def seconds(
        self, decodes: float, context: float, prefill: float, length: float, guesses: int = 0
    ) -> float:
        """See `Steps`. With stages, each works on its share of the requests at the same time."""
        share = 1.0 / self.stages
        own = 1.0 if self.shares_attention else 1.0 / self.ranks
        running, read = decodes * share * own, prefill * share * own
        tokens = running * (1 + guesses) + read
        every = tokens if self.shares_attention else tokens * self.ranks
        device = (
            self._matrices(tokens, running * (1 + guesses), every)
            + self._attention(running, context, read, length, guesses)
            + self._messages(tokens)
            + self.work.layers * constants.LAYER_SECONDS
            + self.work.expert_layers * constants.EXPERT_LAYER_SECONDS
            + tokens
            * self.work.layers
            * self.work.hidden
            * 2
            * constants.ACTIVATION_COPIES
            / self.rates.wide_bytes
        )
        if self.stages > 1:
            device = (device + self.stages * constants.PIPELINE_HOP_SECONDS) / constants.PIPELINE_FILL
        return device + self.host.step + self.host.sequence * decodes

    def _matrices(self, tokens: float, answered: float, every: float) -> float:
        work, speed = self.work, self.rates
        return self.host.kernels * (
            _smooth(work.narrow.size / speed.narrow_bytes, tokens * work.narrow.flops / speed.narrow_flops)
            + _smooth(work.wide.size / speed.wide_bytes, tokens * work.wide.flops / speed.wide_flops)
            + _smooth(work.head.size / speed.wide_bytes, answered * work.head.flops / speed.wide_flops)
            + self._experts(every)
        )

    def _experts(self, every: float) -> float:
        """Those that some token meets: read once, and multiplied in tiles that its tokens do not fill."""
        experts = self.work.experts
        if not experts.size:
            return 0.0
        met = 1 - (1 - experts.active / experts.count) ** max(1.0, every)
        padding = met * experts.count / experts.active * constants.EXPERT_PADDING
        flops = self.rates.narrow_flops * _expert_share(experts.width)
        return _smooth(met * experts.size / self.rates.wide_bytes, (every + padding) * experts.flops / flops)

    def _attention(self, running: float, context: float, read: float, length: float, guesses: int) -> float:
        share = constants.ATTENTION_BANDWIDTH_NARROW if self.narrow_cache else constants.ATTENTION_BANDWIDTH
        streamed, decoding, reading = running * self.work.state_bytes, 0.0, 0.0
        for kind in self.work.lookbacks:
            seen = _seen(kind, context)
            streamed += running * seen * kind.token_bytes
            decoding += running * (1 + guesses) * seen * kind.flops
            reading += read * _seen(kind, length / 2) * kind.flops
        speed, most = self.rates, self.rates.raw_flops * constants.ATTENTION_COMPUTE
        reach = length / (length + constants.ATTENTION_HALF_LENGTH) if length else 1.0
        return _smooth(streamed / (speed.raw_bytes * share), decoding / most) + reading / (most * reach)

    def _messages(self, tokens: float) -> float:
        """Two all-reduces a layer under tensor parallelism (Megatron); two all-to-alls for experts."""
        if self.ranks == 1:
            return 0.0
        size = tokens * self.work.hidden * 2 * 2 * (self.ranks - 1) / self.ranks
        return 2 * self.work.layers * (self.link.seconds + size / self.link.bytes_per_second)


def roofline(request: SpeedRequest) -> Roofline:
    """The step times of a replica."""
    replica = request.replica
    whole = request.attention == "data"
    name, ranks = replica.format.name, replica.tensor_parallel
    return Roofline(
        work=work(replica.architecture, name, replica.kv_cache, ranks, whole=whole),
        rates=rates(replica.gpu, name),
        link=link(replica.gpu, ranks),
        host=constants.HOSTS[replica.framework],
        ranks=ranks,
        stages=replica.pipeline_parallel,
        shares_attention=not whole,
        narrow_cache=narrow_cache(replica.kv_cache),
    )


def _expert_share(width: float) -> float:
    """What is left of the compute share for experts of so many inner values on one rank."""
    return constants.EXPERT_COMPUTE * width / (width + constants.EXPERT_HALF_WIDTH)


def _seen(kind: Lookback, context: float) -> float:
    return context if kind.window is None else min(context, kind.window)


def _smooth(memory: float, compute: float) -> float:
    """The larger of two times, and a little more where they are alike: both never overlap perfectly."""
    if not memory or not compute:
        return memory + compute
    power = constants.SMOOTHNESS
    return float((memory**power + compute**power) ** (1 / power))
