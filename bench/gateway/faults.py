"""What clients see when a region is killed or hangs, and of healthy answers longer than the hedge delay."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter

from bench.gateway.figures import row, spread
from tests.serving.gateway.live import Live, gateway
from tests.serving.gateway.plans import gateway_plan, regions

from llmdeploy.infra.load import LoadReport, generate_load, report_load
from llmdeploy.serving.gateway.defaults import gateway_defaults
from llmdeploy.serving.plan.gateway import GatewayPlan

TWO = regions("local/a", "local/b")
WORKERS = 8
WIDTHS = (28, 10, 8, 9, 22, 22, 22)


async def print_faults(runs: int) -> None:
    """Print the table of the faults, and of healthy long answers."""
    plan = gateway_plan(hedge=gateway_defaults("local").hedge)
    print(f"\nOne of two regions lost under {WORKERS} clients, {runs} runs each; median (smallest–largest).")
    soon, late = plan.hedge.streaming_after_s, plan.hedge.buffered_after_s
    print(f"Hedge delays: streams {soon:g} s, whole answers {late:g} s.")
    titles = (
        "fault, kind of answer",
        "requests",
        "failed",
        "broken",
        "longest gap, s",
        "detected, s",
        "back, s",
    )
    print(row(*titles, widths=WIDTHS))
    for name, number in (("kill", signal.SIGKILL), ("hang", signal.SIGSTOP)):
        for kind, share in (("whole", 0.0), ("streams", 1.0)):
            reports = [await _fault(plan, number, share) for _ in range(runs)]
            print(_line(f"{name}, {kind}", reports), flush=True)
    print(
        "bars: kill: 0 failed, gap ≤ 0.25 s; hang: 0 failed, gap ≤ hedge delay + 1 s. Only streams that had"
    )
    print("begun break, or stand still with the hung region: the gap of streams then is the fault's length.")
    await _print_long(plan)


def _line(name: str, reports: list[LoadReport]) -> str:
    return row(
        name,
        sum(report.requests for report in reports),
        sum(report.failed for report in reports),
        sum(report.broken_streams for report in reports),
        spread([report.longest_gap_s for report in reports]),
        spread([report.detect_s for report in reports if report.detect_s is not None]),
        spread([report.recover_s for report in reports if report.recover_s is not None]),
        widths=WIDTHS,
    )


async def _fault(plan: GatewayPlan, number: int, stream_share: float) -> LoadReport:
    """One run: 2 s of load, the fault, its end 2 s after the hedge has covered it, and 4 s more."""
    lasts_s = 2 + (plan.hedge.buffered_after_s if number == signal.SIGSTOP else 1)
    with gateway(plan, TWO) as live:
        shape = live.shape(seconds=2 + lasts_s + 4, workers=WORKERS, stream_share=stream_share)
        load = asyncio.create_task(generate_load(shape))
        await asyncio.sleep(2)
        fault_at = time.monotonic()
        live.replica("a-0").signal(number)
        await asyncio.sleep(lasts_s)
        restored_at = time.monotonic()
        _restore(live, number)
        return report_load(await load, fault_at=fault_at, restored_at=restored_at, region="local/a")


def _restore(live: Live, number: int) -> None:
    replica = live.replica("a-0")
    if number == signal.SIGSTOP:
        replica.signal(signal.SIGCONT)
    else:
        replica.start()


async def _print_long(plan: GatewayPlan) -> None:
    longer_s = 2.5 * plan.hedge.buffered_after_s
    with gateway(plan, TWO) as live:
        shape = live.shape(requests=16, workers=WORKERS, seconds=60, stream_share=0, body={"lag_s": longer_s})
        run = await generate_load(shape)
        calls = Counter(Counter(call["id"] for call in live.calls()).values())
    answered = sum(record.ok for record in run.records)
    print(f"healthy whole answers of {longer_s:g} s: {answered} of {len(run.records)} answered;", end=" ")
    print(
        "backend calls per request: "
        + ", ".join(f"{count} × {number}" for number, count in sorted(calls.items()))
    )
    print("bar: all answered with ≤ 2 backend calls each")
