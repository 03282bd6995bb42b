"""A made-up world for the judge: requests in bursts, through a day, to replicas that have moods.

Everything random comes from the generator that is passed in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmdeploy.serving.rollout.latencies import Buckets
from llmdeploy.serving.rollout.window import Slice, Window

TICK_S, SLICE_S = 5, 10
FIRST_TOKEN_S = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0),
    *(40.0, 80.0, 160.0, 640.0, 2560.0),
)
PER_TOKEN_S = (
    *(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0),
    *(40.0, 80.0),
)
"""vLLM's buckets (vllm 0.32.0, vllm/v1/metrics/buckets.py)."""
CRASHES_AN_HOUR = 1 / 50_000
"""Of a replica with one GPU: arxiv.org/abs/2407.21783 section 3.3.4."""

Figures = NDArray[Any]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a canary; nothing by default."""

    ttft: float = 1.0
    """Times as long."""
    tpot: float = 1.0
    errors: float = 0.0
    """The share of requests that fail."""
    tail: float = 0.0
    """The share of requests that take six times as long to their first token."""


@dataclass(frozen=True)
class Region:
    """What differs from one region to the next."""

    requests_per_second: float
    ttft_s: float
    tpot_s: float
    hour: float
    """Of the day, when the rollout arrives; the load swings by 40 % through the day."""
    replicas: int = 4

    @classmethod
    def drawn(cls, chance: np.random.Generator) -> Region:
        """8 to 50 requests a second; a first token after 80 ms to 1 s, then 12 to 60 ms each."""
        return cls(
            requests_per_second=float(chance.uniform(8, 50)),
            ttft_s=float(np.exp(chance.uniform(math.log(0.08), 0))),
            tpot_s=float(np.exp(chance.uniform(math.log(0.012), math.log(0.06)))),
            hour=float(chance.uniform(0, 24)),
        )


@dataclass(frozen=True)
class Weather:
    """What meets both versions alike, at each tick."""

    rate: Figures
    slow: Figures
    """The logarithm of how much slower everything is."""
    failing: Figures
    burst: Figures


def windows(
    chance: np.random.Generator, region: Region, share: float, fault: Fault, seconds: int = 600
) -> tuple[Window | None, Window]:
    """Stable and canary over one bake; no stable when the canary has all of the traffic."""
    weather = _weather(chance, region, seconds // TICK_S)
    replicas = max(1, round(region.replicas * share))
    canary = _window(chance, region, weather, share, replicas, fault)
    if share >= 1:
        return None, canary
    return _window(chance, region, weather, 1 - share, region.replicas, Fault()), canary


def _weather(chance: np.random.Generator, region: Region, ticks: int) -> Weather:
    hours = region.hour + np.arange(ticks) * TICK_S / 3600
    burst = _spells(chance, ticks, begins=0.01, ticks_long=6)
    rate = region.requests_per_second * (1 + 0.4 * np.sin(hours / 24 * math.tau)) * (1 + 1.5 * burst)
    slow = _wander(chance, 1, ticks, 0.25)[0] + 0.5 * burst
    failing = 0.0005 + 0.05 * _spells(chance, ticks, begins=0.002, ticks_long=2)
    return Weather(rate, slow, failing, burst)


def _spells(chance: np.random.Generator, ticks: int, *, begins: float, ticks_long: float) -> Figures:
    """1 while a spell lasts, else 0."""
    drawn, on, state = chance.random(ticks), np.zeros(ticks), False
    for tick in range(ticks):
        state = drawn[tick] >= 1 / ticks_long if state else drawn[tick] < begins
        on[tick] = state
    return on


def _wander(chance: np.random.Generator, rows: int, ticks: int, spread: float) -> Figures:
    """Around 0, forgetting itself within half a minute."""
    keeps = math.exp(-TICK_S / 30)
    steps = chance.normal(0, spread * math.sqrt(1 - keeps**2), (rows, ticks))
    steps[:, 0] = chance.normal(0, spread, rows)
    for tick in range(1, ticks):
        steps[:, tick] += keeps * steps[:, tick - 1]
    return steps


def _window(
    chance: np.random.Generator, region: Region, weather: Weather, share: float, replicas: int, fault: Fault
) -> Window:
    ticks = len(weather.rate)
    arrived = chance.poisson(weather.rate * share * TICK_S)
    tick = np.repeat(np.arange(ticks), arrived)
    moods = _wander(chance, replicas, ticks, 0.2)
    slow = weather.slow[tick] + moods[chance.integers(0, replicas, len(tick)), tick]
    long = np.where(chance.random(len(tick)) < 0.02 + fault.tail, 6.0, 1.0)
    ttft = region.ttft_s * fault.ttft * long * np.exp(slow + 0.7 * chance.standard_normal(len(tick)))
    tpot = region.tpot_s * fault.tpot * np.exp(slow / 2 + 0.15 * chance.standard_normal(len(tick)))
    failed = chance.random(len(tick)) < weather.failing[tick] + fault.errors
    piece, pieces = tick // (SLICE_S // TICK_S), ticks // (SLICE_S // TICK_S)
    first, each = _buckets(ttft, piece, pieces, FIRST_TOKEN_S), _buckets(tpot, piece, pieces, PER_TOKEN_S)
    waiting = replicas * 3 * weather.burst + chance.exponential(0.5 * replicas, ticks)
    piece_of = np.arange(ticks) // (SLICE_S // TICK_S)
    bad, all_of = np.bincount(piece[failed], minlength=pieces), np.bincount(piece, minlength=pieces)
    slices = tuple(
        Slice(
            seconds=SLICE_S,
            requests=int(all_of[index]),
            failed=int(bad[index]),
            ttft=first[index],
            tpot=each[index],
            waiting=float(waiting[piece_of == index].mean()),
            gpu_memory=min(1.0, float(0.9 + chance.normal(0, 0.002))),
        )
        for index in range(pieces)
    )
    crashes = int(chance.poisson(CRASHES_AN_HOUR * replicas * ticks * TICK_S / 3600))
    return Window(replicas=replicas, slices=slices, restarts=crashes)


def _buckets(seconds: Figures, piece: Figures, pieces: int, bounds: tuple[float, ...]) -> list[Buckets]:
    width = len(bounds) + 1
    cell = piece * width + np.searchsorted(bounds, seconds)
    counts = np.bincount(cell, minlength=pieces * width).reshape(pieces, width).tolist()
    sums = np.bincount(piece, seconds, minlength=pieces)
    return [
        Buckets(bounds=bounds, counts=row, sum=float(all_of))
        for row, all_of in zip(counts, sums, strict=True)
    ]
