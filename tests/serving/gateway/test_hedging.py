"""A healthy long answer is never cut, costs two calls at most, and never puts its replica aside."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter

import pytest
from tests.serving.gateway.live import Live, gateway
from tests.serving.gateway.plans import HEDGE, gateway_plan, regions

from llmdeploy.infra.load import generate_load

TWO = regions("local/a", "local/b")
LONG_S = 3.5 * HEDGE.buffered_after_s


def calls_by_request(live: Live) -> Counter[str]:
    return Counter(call["id"] for call in live.calls())


@pytest.mark.parametrize("replicas_each", [1, 2])
async def test_long_whole_answers_are_neither_cut_nor_multiplied(replicas_each: int) -> None:
    with gateway(gateway_plan(), TWO, replicas_each) as live:
        run = await generate_load(live.shape(requests=16, workers=8, stream_share=0, body={"lag_s": LONG_S}))
        assert all(record.ok for record in run.records)
        assert set(calls_by_request(live).values()) == {2}
        short = await generate_load(live.shape(requests=40, stream_share=0))
        assert {record.region for record in short.records} == {"local/a"}, (
            "nobody was put aside for being slow"
        )


async def test_long_streams_cost_one_call() -> None:
    body = {"tokens": 10, "gap_s": LONG_S / 10}
    with gateway(gateway_plan(), TWO) as live:
        run = await generate_load(live.shape(requests=4, workers=4, stream_share=1, body=body))
        assert all(record.ok for record in run.records)
        assert set(calls_by_request(live).values()) == {1}


async def test_a_whole_answer_shorter_than_its_delay_costs_one_call_though_longer_than_a_streams() -> None:
    lag_s = (HEDGE.streaming_after_s + HEDGE.buffered_after_s) / 2
    with gateway(gateway_plan(), TWO) as live:
        run = await generate_load(live.shape(requests=8, stream_share=0, body={"lag_s": lag_s}))
        assert all(record.ok for record in run.records)
        assert set(calls_by_request(live).values()) == {1}
        run = await generate_load(live.shape(requests=8, stream_share=1, body={"lag_s": lag_s}))
        assert all(record.ok for record in run.records)
        assert Counter(calls_by_request(live).values()) == {1: 8, 2: 8}


async def test_silent_streams_are_not_cut() -> None:
    body = {"tokens": 2, "gap_s": 8.0}
    with gateway(gateway_plan(), TWO) as live:
        run = await generate_load(live.shape(requests=4, workers=4, stream_share=1, body=body))
        assert all(record.ok for record in run.records)
        assert min(record.latency_s for record in run.records) > 8


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
async def test_long_prompts_are_covered_too(fault: int) -> None:
    size = 2 * 1024 * 1024
    with gateway(gateway_plan(), TWO) as live:
        shape = live.shape(
            requests=8, workers=4, stream_share=0, prompt_bytes=(size,), body={"lag_s": 0.4}, pause_s=0
        )
        load = asyncio.create_task(generate_load(shape))
        await asyncio.sleep(0.3)
        live.replica("a-0").signal(fault)
        run = await load
        assert all(record.ok for record in run.records)
        assert {call["prompt_bytes"] for call in live.calls() if call["replica"] == "b-0"} == {size}


async def test_a_whole_answer_survives_the_loss_of_the_replica_it_began_on_after_the_hedge() -> None:
    with gateway(gateway_plan(), TWO) as live:
        load = asyncio.create_task(
            generate_load(live.shape(requests=4, workers=4, stream_share=0, body={"lag_s": LONG_S}))
        )
        await asyncio.sleep(HEDGE.buffered_after_s * 2)
        live.replica("a-0").signal(signal.SIGKILL)
        run = await load
        assert all(record.ok and record.region == "local/b" for record in run.records)
