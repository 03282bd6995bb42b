"""Estimates speed: the way in."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import inf, sqrt

from llmdeploy.serving.speed.band import band, is_measured
from llmdeploy.serving.speed.batch import Batching, Pace, Slots, slots
from llmdeploy.serving.speed.constants import BAND_FIRST_TOKEN
from llmdeploy.serving.speed.queueing import place_wait, prefill_wait
from llmdeploy.serving.speed.request import SpeedRequest
from llmdeploy.serving.speed.result import Speed
from llmdeploy.serving.speed.speculation import speedup
from llmdeploy.serving.speed.steps import Steps, roofline

NORMAL_95 = 1.645
"""Standard deviations above the mean that 95 % of a normal distribution lies below."""
ROUNDS = 8
CLOSE = 0.01
"""Tries, and the share that is near enough, in the search for the number of running requests."""


@lru_cache(maxsize=65536)
def estimate(request: SpeedRequest) -> Speed:
    """The speed of one replica under the request's workload, by the roofline model.

    Raises:
        NoRoom: the cache does not hold one request of the workload's lengths.
    """
    return estimate_with(request, roofline(request))


def estimate_with(request: SpeedRequest, steps: Steps) -> Speed:
    """The same with step times from elsewhere.

    Raises:
        NoRoom: as `estimate`.
    """
    load = request.workload
    places = slots(request)
    batching = Batching(steps, load.input_tokens, load.output_tokens, request.replica.batch[1])
    if load.requests_per_second is None:
        return _closed(request, batching, places)
    return _open(request, batching, places, load.requests_per_second)


def _closed(request: SpeedRequest, batching: Batching, places: Slots) -> Speed:
    """A fixed number of requests at once; those above the places wait, by Little's law, for their turn."""
    asked = request.workload.concurrency
    running = places.count if asked is None else min(float(asked), places.count)
    pace = batching.pace(running)
    wait = 0.0 if asked is None else (asked - running) / pace.rate
    found = _speed(request, batching, places, pace, pace.rate, running / places.count)
    bunch = batching.together(running)
    half, most = (
        wait + (pace.step / 2 if bunch > 1 else 0.0) + batching.prefill(running - 1, together)
        for together in (max(1.0, bunch / 2), bunch)
    )
    return replace(found, ttft_p50=half, ttft_p95=most)


def _open(request: SpeedRequest, batching: Batching, places: Slots, rate: float) -> Speed:
    """Independent users. Above what the replica can answer, queues never end."""
    full = batching.pace(places.count)
    load = rate / full.rate
    if load >= 1:
        return replace(_speed(request, batching, places, full, full.rate, load), ttft_p50=inf, ttft_p95=inf)
    pace = _pace_at(batching, full, rate)
    found = _speed(request, batching, places, pace, rate, load)
    alone = pace.step / 2 + pace.first
    reading = min(0.99, rate * max(0.0, pace.first - pace.quiet_step))
    half, most = (
        prefill_wait(reading, pace.first, quantile) + place_wait(load, places.count, full.cycle, quantile)
        for quantile in (0.5, 0.95)
    )
    return replace(found, ttft_p50=alone + half, ttft_p95=alone + pace.step / 2 + most)


def _pace_at(batching: Batching, full: Pace, rate: float) -> Pace:
    """The pace at which as many requests run as the rate brings (Little: running = rate × cycle).

    By false position: the cycle is nearly a straight line in the requests that run.
    """
    low, low_cycle = 0.0, batching.pace(1.0).cycle
    high, high_cycle = full.running, full.cycle
    for _ in range(ROUNDS):
        slope = (high_cycle - low_cycle) / (high - low)
        guess = rate * (low_cycle - slope * low) / (1 - rate * slope) if rate * slope < 1 else high
        running = min(max(guess, low), high)
        pace = batching.pace(running)
        missing = rate * pace.cycle - running
        if abs(missing) <= CLOSE * running:
            break
        if missing > 0:
            low, low_cycle = running, pace.cycle
        else:
            high, high_cycle = running, pace.cycle
    return pace


def _speed(
    request: SpeedRequest, batching: Batching, places: Slots, pace: Pace, rate: float, utilisation: float
) -> Speed:
    replica = request.replica
    tokens = rate * batching.outputs
    reads = (pace.step - pace.quiet_step) * NORMAL_95 / sqrt(max(1.0, pace.running - 1))
    return Speed(
        ttft_p50=pace.first,
        ttft_p95=pace.first,
        tpot_p50=pace.step,
        tpot_p95=pace.step + reads,
        output_tokens_per_second=tokens,
        output_tokens_per_second_per_gpu=tokens / (replica.tensor_parallel * replica.pipeline_parallel),
        requests_per_second=rate,
        running=pace.running,
        utilisation=utilisation,
        bounded_by=places.bounded_by if pace.running >= places.count else "load",
        band=band(request),
        ttft_band=BAND_FIRST_TOKEN,
        measured=is_measured(request),
        source=batching.steps.source,
        speculative_speedup=speedup(request, batching, pace.running),
    )
