"""Whether streams leave anything behind in the gateway."""

from __future__ import annotations

import json

import psutil
from tests.serving.gateway.live import Live, gateway
from tests.serving.gateway.plans import gateway_plan, regions

from llmdeploy.infra.load import generate_load

STREAMS = 10_000
STEPS = 5
WARM_UP = 1_000
BAR_MIB = 100


async def print_memory() -> None:
    """Print Envoy's resident memory when idle, and every 2,000 of 10,000 streamed requests."""
    with gateway(gateway_plan(), regions("local/a", "local/b")) as live:
        print(f"\nMemory of Envoy: two regions, {STREAMS} streamed requests by 32 workers")
        print(f"idle                  {_rss(live):6.1f} MiB")
        await _stream(live, WARM_UP)
        first, used = _rss(live), _in_use(live)
        print(f"after {WARM_UP:6} to warm up {first:6.1f} MiB")
        for step in range(STEPS):
            await _stream(live, STREAMS // STEPS)
            print(f"after {(step + 1) * STREAMS // STEPS:6} streams    {_rss(live):6.1f} MiB")
        print(f"growth {_rss(live) - first:+.1f} MiB over {STREAMS} streams; bar: ≤ {BAR_MIB} MiB, no growth")
        print(f"of it in use, the rest free in the allocator: {_in_use(live) - used:+.2f} MiB")


async def _stream(live: Live, count: int) -> None:
    body = {"lag_s": 0, "tokens": 3, "gap_s": 0}
    shape = live.shape(requests=count, workers=32, seconds=300, stream_share=1, body=body)
    run = await generate_load(shape)
    failed = [record for record in run.records if not record.ok]
    if failed:
        print(f"{len(failed)} of {count} streams failed: {failed[0].error}")


def _rss(live: Live) -> float:
    assert live.envoy is not None
    return float(psutil.Process(live.envoy.pid).memory_info().rss) / 2**20


def _in_use(live: Live) -> float:
    return int(json.loads(live.admin("/memory"))["allocated"]) / 2**20
