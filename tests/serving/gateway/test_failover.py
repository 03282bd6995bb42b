"""Regions are really killed, hung and brought back under load: what clients lose, and what they do not."""

from __future__ import annotations

import asyncio
import signal
import time

import pytest
from tests.serving.gateway.live import Live, gateway, http_get, wait_until
from tests.serving.gateway.plans import HEDGE, gateway_plan, regions

from llmdeploy.infra.load import LoadRun, generate_load, longest_gap

SLACK_S = 3.0
"""On top of what is promised, so that a busy machine fails no test; the exact figures are the bench's."""
TWO = regions("local/a", "local/b")


async def load_with_fault(
    live: Live, number: int, *replicas: str, seconds: float = 4.0, **shape: object
) -> LoadRun:
    """A load in the middle of which a signal hits replicas."""

    async def fault() -> None:
        await asyncio.sleep(seconds / 4)
        for name in replicas:
            live.replica(name).signal(number)

    run, _ = await asyncio.gather(generate_load(live.shape(seconds=seconds, **shape)), fault())
    return run


def by(run: LoadRun, region: str) -> int:
    return sum(record.region == region for record in run.records)


@pytest.mark.parametrize("replicas_each", [1, 2])
async def test_killing_a_region_fails_no_whole_answer(replicas_each: int) -> None:
    with gateway(gateway_plan(), TWO, replicas_each) as live:
        lost = [replica.name for replica in live.replicas if replica.region == "local/a"]
        run = await load_with_fault(live, signal.SIGKILL, *lost, stream_share=0)
        assert [record for record in run.records if not record.ok] == []
        assert by(run, "local/a") > 10
        assert by(run, "local/b") > 10
        assert longest_gap(run) < SLACK_S


async def test_killing_one_replica_of_the_only_region_fails_no_whole_answer() -> None:
    with gateway(gateway_plan(), regions("local/a"), 2) as live:
        run = await load_with_fault(live, signal.SIGKILL, "a-0", stream_share=0)
        assert [record for record in run.records if not record.ok] == []
        assert {record.replica for record in run.records} == {"a-0", "a-1"}


async def test_hanging_a_region_fails_no_whole_answer() -> None:
    with gateway(gateway_plan(), TWO) as live:
        run = await load_with_fault(live, signal.SIGSTOP, "a-0", stream_share=0)
        assert [record for record in run.records if not record.ok] == []
        assert by(run, "local/a") > 10
        assert by(run, "local/b") > 10
        assert longest_gap(run) < HEDGE.buffered_after_s + SLACK_S


async def test_only_streams_under_way_are_lost_with_a_killed_region_and_the_client_is_told() -> None:
    with gateway(gateway_plan(), TWO) as live:
        fault_at = time.monotonic() + 1.0
        long = {"tokens": 60, "gap_s": 0.03}
        run = await load_with_fault(live, signal.SIGKILL, "a-0", stream_share=1, body=long)
        lost = [record for record in run.records if not record.ok]
        assert lost, "streams were under way when the region was killed"
        for record in lost:
            assert record.outcome == "broken"
            assert record.region == "local/a"
            assert record.first_token is not None
            assert record.first_token < fault_at + SLACK_S
            assert record.error
        assert len(lost) <= 8, "no more than were under way at the moment of the kill"
        assert by(run, "local/b") >= 8


async def test_streams_that_a_hung_region_has_not_begun_are_covered() -> None:
    with gateway(gateway_plan(), TWO) as live:
        live.replica("a-0").signal(signal.SIGSTOP)
        run = await generate_load(live.shape(requests=8, stream_share=1))
        assert all(record.ok and record.region == "local/b" for record in run.records)
        assert max(record.latency_s for record in run.records) < HEDGE.streaming_after_s + SLACK_S


async def test_streams_under_way_go_on_when_a_hung_region_wakes() -> None:
    with gateway(gateway_plan(), TWO) as live:
        load = asyncio.create_task(
            generate_load(
                live.shape(requests=4, workers=4, stream_share=1, body={"tokens": 20, "gap_s": 0.1})
            )
        )
        await asyncio.sleep(0.8)
        live.replica("a-0").signal(signal.SIGSTOP)
        await asyncio.sleep(2.5)
        live.replica("a-0").signal(signal.SIGCONT)
        assert all(record.ok and record.region == "local/a" for record in (await load).records)


async def test_a_stream_that_hangs_after_its_beginning_ends_with_an_error() -> None:
    with gateway(gateway_plan(stream_idle_s=1.5), TWO) as live:
        load = asyncio.create_task(
            generate_load(
                live.shape(requests=2, workers=2, stream_share=1, body={"tokens": 20, "gap_s": 0.1})
            )
        )
        await asyncio.sleep(0.8)
        live.replica("a-0").signal(signal.SIGSTOP)
        run = await load
        assert [record.outcome for record in run.records] == ["broken", "broken"]
        assert max(record.latency_s for record in run.records) < 2.5 + SLACK_S


async def test_a_restarted_region_takes_its_requests_back() -> None:
    with gateway(gateway_plan(), TWO) as live:
        run = await load_with_fault(live, signal.SIGKILL, "a-0", seconds=2, stream_share=0)
        assert run.records[-1].region == "local/b"
        live.replica("a-0").start()
        live.wait_healthy("a-0", "b-0")
        run = await generate_load(live.shape(requests=20, stream_share=0))
        assert {record.region for record in run.records} == {"local/a"}


async def test_a_hung_region_that_wakes_takes_its_requests_back() -> None:
    with gateway(gateway_plan(), TWO) as live:
        await load_with_fault(live, signal.SIGSTOP, "a-0", seconds=3, stream_share=0)
        live.replica("a-0").signal(signal.SIGCONT)
        live.wait_healthy("a-0", "b-0")
        run = await generate_load(live.shape(requests=20, stream_share=0))
        assert {record.region for record in run.records} == {"local/a"}


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
async def test_marked_requests_fail_rather_than_leave_their_regions(fault: int) -> None:
    plan = gateway_plan(residency={"eu": ("local/b",)}, request_timeout_s=3.0)
    marked = {"x-residency": "eu"}
    with gateway(plan, TWO) as live:
        run = await load_with_fault(live, fault, "b-0", seconds=6, headers=marked, stream_share=0.5)
        assert {call["replica"] for call in live.calls()} == {"b-0"}
        assert {record.region for record in run.records if record.ok} == {"local/b"}
        refused = [record for record in run.records if record.status == 503]
        assert refused, "with its only region lost, a marked request is refused"
        assert '"code":"overloaded"' in refused[-1].error


async def test_health_says_when_no_replica_is_left() -> None:
    with gateway(gateway_plan(), TWO) as live:
        live.replica("a-0").signal(signal.SIGKILL)
        await asyncio.sleep(2)
        assert http_get(live.port(), "/health")[0] == 200
        live.replica("b-0").signal(signal.SIGKILL)
        wait_until(lambda: http_get(live.port(), "/health")[0] == 503, "the entry's health is 503")
