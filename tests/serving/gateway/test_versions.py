"""Two versions of a region behind a real Envoy: shares, pins, copies, promotion, the way back, evacuation."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from dataclasses import replace
from typing import Any

import aiohttp
from tests.serving.gateway.live import KEY, Live, gateway, wait_until
from tests.serving.gateway.plans import gateway_plan, regions

from llmdeploy.infra.load import LoadRun, generate_load
from llmdeploy.serving.gateway import PIN_HEADER, Beside, GatewayRegion
from llmdeploy.serving.plan.gateway import HedgePlan

PIN = "0123456789ab"


def with_canary(percent: int, **more: Any) -> list[GatewayRegion]:
    first, second = regions("local/a", "local/b")
    return [replace(first, beside=Beside("canary", "green", PIN, percent, **more)), second]


def answered(run: LoadRun) -> Counter[str | None]:
    assert all(record.ok for record in run.records), [r for r in run.records if not r.ok]
    return Counter(record.replica for record in run.records)


async def test_a_canary_has_its_share_of_its_own_region() -> None:
    with gateway(gateway_plan(), with_canary(25)) as live:
        found = answered(await generate_load(live.shape(requests=400)))
        assert set(found) == {"a-0", "a-green-0"}
        assert 60 < found["a-green-0"] < 145
        other = f"http://127.0.0.1:{live.port('local/b')}/v1"
        assert set(answered(await generate_load(live.shape(requests=40, url=other)))) == {"b-0"}


async def test_weighted_regions_split_a_regions_part_among_its_versions() -> None:
    first, second = with_canary(50)
    weighted = [replace(first, weight=3), replace(second, weight=1)]
    with gateway(gateway_plan(policy="weighted"), weighted) as live:
        found = answered(await generate_load(live.shape(requests=400)))
        assert 100 < found["a-0"] < 200
        assert 100 < found["a-green-0"] < 200
        assert 60 < found["b-0"] < 145


async def test_only_who_names_it_reaches_a_canary_without_a_share() -> None:
    with gateway(gateway_plan(), with_canary(0)) as live:
        assert set(answered(await generate_load(live.shape(requests=60)))) == {"a-0"}
        pinned = live.shape(requests=20, headers={PIN_HEADER: PIN})
        assert set(answered(await generate_load(pinned))) == {"a-green-0"}
        unknown = live.shape(requests=20, headers={PIN_HEADER: "another"})
        assert set(answered(await generate_load(unknown))) == {"a-0"}


async def test_at_another_entry_a_canary_is_named_with_its_region_if_that_has_no_gateway() -> None:
    first, second = regions("local/a", "local/b")
    with gateway(
        gateway_plan(), [first, replace(second, direct=True, beside=Beside("canary", "green", PIN))]
    ) as live:
        for name, who in ((f"{PIN}@local/b", "b-green-0"), (PIN, "a-0"), ("another@local/b", "a-0")):
            pinned = live.shape(requests=10, headers={PIN_HEADER: name})
            assert set(answered(await generate_load(pinned))) == {who}


async def test_a_residency_mark_comes_before_the_name_of_a_canary() -> None:
    with gateway(gateway_plan(residency={"eu": ("local/b",)}), with_canary(0)) as live:
        both = live.shape(requests=20, headers={PIN_HEADER: PIN, "x-residency": "eu"})
        assert set(answered(await generate_load(both))) == {"b-0"}
        pinned = live.shape(requests=20, headers={PIN_HEADER: PIN})
        assert set(answered(await generate_load(pinned))) == {"a-green-0"}


async def test_an_answer_says_whether_the_gateway_has_heard_of_the_canary() -> None:
    with gateway(gateway_plan(), with_canary(50)) as live:
        url = f"http://127.0.0.1:{live.port('local/a')}/v1/chat/completions"
        body = {"model": "chat", "messages": [{"role": "user", "content": "hi"}]}
        told = {}
        async with aiohttp.ClientSession(headers={"authorization": f"Bearer {KEY}"}) as session:
            for name in (PIN, "another", ""):
                pinned = {PIN_HEADER: name} if name else {}
                async with session.post(url, json=body, headers=pinned) as answer:
                    assert answer.status == 200
                    told[name] = answer.headers.get(PIN_HEADER)
        assert told == {PIN: PIN, "another": None, "": None}


async def test_nobody_notices_when_a_canary_is_killed() -> None:
    with gateway(gateway_plan(), with_canary(50)) as live:
        load = asyncio.create_task(generate_load(live.shape(requests=300, stream_share=0)))
        await asyncio.sleep(0.4)
        live.replica("a-green-0").signal(signal.SIGKILL)
        found = answered(await load)
        assert found["a-green-0"]
        assert found["a-0"] > found["a-green-0"]


async def test_the_canary_answers_when_nothing_else_is_left() -> None:
    with gateway(gateway_plan(), with_canary(0)) as live:
        for name in ("a-0", "b-0"):
            live.replica(name).signal(signal.SIGKILL)
        live.wait_healthy("a-green-0")
        assert set(answered(await generate_load(live.shape(requests=20)))) == {"a-green-0"}


async def test_a_copy_goes_to_the_canary_and_its_answer_to_nobody() -> None:
    with gateway(gateway_plan(), with_canary(50, mirrored=True)) as live:
        assert set(answered(await generate_load(live.shape(requests=200)))) == {"a-0"}
        wait_until(lambda: _calls(live)["a-green-0"] > 60, "copies")
        assert _calls(live)["a-green-0"] < 140


async def test_promoting_and_retiring_under_load_loses_nothing() -> None:
    first, second = with_canary(100)
    with gateway(gateway_plan(), [first, second]) as live:
        load = asyncio.create_task(generate_load(live.shape(requests=900)))
        await asyncio.sleep(0.3)
        former = Beside("former", "blue", "old", 0)
        await _changed(live, replace(first, slot="green", beside=former))
        live.replicas = [replica for replica in live.replicas if replica.name != "a-0"]
        await _changed(live, replace(first, slot="green", beside=None))
        found = answered(await load)
        assert found["a-green-0"] > 600


async def test_a_bad_canary_is_taken_back_under_load() -> None:
    first, second = with_canary(50)
    with gateway(gateway_plan(), [first, second]) as live:
        load = asyncio.create_task(generate_load(live.shape(requests=600)))
        await asyncio.sleep(0.3)
        await _changed(live, with_canary(0)[0])
        before = _calls(live)["a-green-0"]
        live.replicas = [replica for replica in live.replicas if replica.name != "a-green-0"]
        await _changed(live, replace(first, beside=None))
        answered(await load)
        assert _calls(live)["a-green-0"] <= before + 8


async def test_what_a_hanging_canary_was_asked_is_answered_elsewhere_as_soon_as_it_goes() -> None:
    never = HedgePlan(streaming_after_s=60, buffered_after_s=60)
    with gateway(gateway_plan(hedge=never), with_canary(50)) as live:
        live.replica("a-green-0").signal(signal.SIGSTOP)
        load = asyncio.create_task(generate_load(live.shape(requests=40, stream_share=0.5)))
        await asyncio.sleep(1)
        assert not load.done(), "some wait for the canary"
        await _changed(live, with_canary(0)[0])
        await _changed(live, replace(with_canary(0)[0], beside=None, lingering=True))
        live.replica("a-green-0").signal(signal.SIGKILL)
        async with asyncio.timeout(5):
            assert set(answered(await load)) <= {"a-0", "b-0"}


async def test_an_evacuated_region_gets_nothing_while_another_is_well() -> None:
    first, second = regions("local/a", "local/b")
    with gateway(gateway_plan(), [replace(first, evacuated=True), second]) as live:
        assert set(answered(await generate_load(live.shape(requests=60)))) == {"b-0"}
        live.replica("b-0").signal(signal.SIGKILL)
        live.wait_healthy("a-0")
        assert set(answered(await generate_load(live.shape(requests=20)))) == {"a-0"}


async def _changed(live: Live, first: GatewayRegion) -> None:
    live.regions[0] = first
    live.write()
    await asyncio.sleep(0.7)


def _calls(live: Live) -> Counter[str]:
    return Counter(call["replica"] for call in live.calls())
