"""Estimates speed: the way in."""

from __future__ import annotations

from functools import lru_cache

from llmdeploy.serving.speed.band import BAND_FIRST_TOKEN, band, is_measured
from llmdeploy.serving.speed.request import SpeedRequest
from llmdeploy.serving.speed.result import Speed
from llmdeploy.serving.speed.server import Answer, Server, server
from llmdeploy.serving.speed.speculation import speedup
from llmdeploy.serving.speed.steps import Steps


@lru_cache(maxsize=65536)
def estimate(request: SpeedRequest) -> Speed:
    """The speed of one replica under the request's workload, by the roofline model.

    Raises:
        NoRoom: the cache does not hold one request of the workload's lengths.
    """
    return estimate_with(request)


def estimate_with(request: SpeedRequest, steps: Steps | None = None) -> Speed:
    """The same with step times from elsewhere; None takes the roofline's.

    Raises:
        NoRoom: as `estimate`.
    """
    found, load = server(request, steps), request.workload
    if load.requests_per_second is None:
        return speed_of(request, found, found.closed(load.concurrency))
    return speed_of(request, found, found.open(load.requests_per_second))


def speed_of(request: SpeedRequest, found: Server, answer: Answer) -> Speed:
    """An answer with what the estimate knows of its own error, and the gain by guessing."""
    replica, pace = request.replica, answer.pace
    tokens = answer.rate * request.workload.output_tokens
    full = pace.others >= found.full.others
    return Speed(
        ttft_p50=answer.ttft_p50,
        ttft_p95=answer.ttft_p95,
        tpot_p50=pace.step,
        tpot_p95=pace.slow_step,
        output_tokens_per_second=tokens,
        output_tokens_per_second_per_gpu=tokens / (replica.tensor_parallel * replica.pipeline_parallel),
        requests_per_second=answer.rate,
        running=answer.running,
        utilisation=answer.utilisation,
        bounded_by=found.places.bounded_by if full else "load",
        band=band(request),
        ttft_band=BAND_FIRST_TOKEN,
        measured=is_measured(request),
        source=found.batching.steps.source,
        speculative_speedup=speedup(request, found.batching, answer.running),
    )
