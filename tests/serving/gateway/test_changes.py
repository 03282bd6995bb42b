"""Keys, replicas, weights and limits change under load by files put in place, and no request fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.serving.gateway.live import KEY, Live, Replica, gateway, wait_until
from tests.serving.gateway.plans import gateway_plan, regions

from llmdeploy.infra.load import LoadRun, generate_load

TWO = regions("local/a", "local/b")


async def load_while(live: Live, change: Callable[[], None], seconds: float = 4, **shape: Any) -> LoadRun:
    """A load in the middle of which something changes."""

    async def act() -> None:
        await asyncio.sleep(1)
        await asyncio.to_thread(change)

    run, _ = await asyncio.gather(generate_load(live.shape(seconds=seconds, **shape)), act())
    assert [record for record in run.records if not record.ok] == []
    assert live.counter("update_rejected") == 0
    return run


def status(live: Live, key: str) -> int:
    url = f"http://127.0.0.1:{live.port()}/v1/models"
    return httpx.get(url, headers={"authorization": f"Bearer {key}"}).status_code


async def test_keys_come_and_go() -> None:
    with gateway(gateway_plan(), TWO) as live:

        def add() -> None:
            live.keys["second"] = "sk-second"
            live.write()
            wait_until(lambda: status(live, "sk-second") == 200, "the new key is accepted")

        await load_while(live, add)
        live.keys = {"second": "sk-second"}
        live.write()
        wait_until(lambda: status(live, KEY) == 401, "the old key is refused")
        assert status(live, "sk-second") == 200


async def test_a_replica_is_added_and_another_taken_out() -> None:
    with gateway(gateway_plan(), TWO) as live:

        def swap() -> None:
            fresh = Replica("local/a", "a-1", live.calls_file)
            fresh.start()
            live.replicas.append(fresh)
            live.write()
            live.wait_healthy("a-0", "a-1", "b-0")
            old = live.replica("a-0")
            live.replicas.remove(old)
            live.write()
            live.wait_healthy("a-1", "b-0")
            assert old.process is not None
            old.process.terminate()
            old.process.wait()

        run = await load_while(live, swap, seconds=6)
        assert [record.replica for record in run.records[:5]] == ["a-0"] * 5
        assert {record.replica for record in run.records[-20:]} == {"a-1"}


async def test_a_replica_that_is_not_ready_gets_nothing() -> None:
    with gateway(gateway_plan(), TWO) as live:

        def add_dead() -> None:
            live.replicas.append(Replica("local/a", "a-1", live.calls_file))
            live.write()

        run = await load_while(live, add_dead)
        assert {record.replica for record in run.records} <= {"a-0", "b-0"}
        assert live.counter("upstream_rq_retry") == 0
        live.replicas.pop()


async def test_weights_move() -> None:
    weights = regions("local/a", "local/b", weights={"local/a": 100, "local/b": 0})
    with gateway(gateway_plan(policy="weighted"), weights) as live:

        def move() -> None:
            live.regions = regions("local/a", "local/b", weights={"local/a": 0, "local/b": 100})
            live.write()

        run = await load_while(live, move)
        assert {record.region for record in run.records[:20]} == {"local/a"}
        assert {record.region for record in run.records[-20:]} == {"local/b"}


async def test_the_order_of_failover_turns_round() -> None:
    with gateway(gateway_plan(policy="failover"), TWO) as live:

        def turn() -> None:
            live.regions = list(reversed(live.regions))
            live.write()

        run = await load_while(live, turn)
        assert run.records[0].region == "local/a"
        assert {record.region for record in run.records[-20:]} == {"local/b"}


async def test_limits_and_delays_change() -> None:
    with gateway(gateway_plan(), TWO) as live:

        def change() -> None:
            tighter = live.plan.health.model_copy(update={"interval_s": 0.4})
            smaller = live.plan.overload.model_copy(update={"max_request_bytes": 4 << 20})
            live.plan = live.plan.model_copy(update={"health": tighter, "overload": smaller})
            live.write()

        await load_while(live, change)


@pytest.mark.parametrize("name", ["clusters.yaml", "routes.local-a.yaml", "keys.yaml", "listeners.yaml"])
async def test_a_damaged_file_is_refused_and_the_old_one_kept(name: str) -> None:
    with gateway(gateway_plan(), TWO) as live:
        fresh = live.directory / "damaged"
        fresh.write_text("resources: [{'@type': type.googleapis.com/nonsense}]\n")
        fresh.rename(live.directory / name)
        wait_until(lambda: live.counter("update_rejected") + live.counter("update_failure") > 0, "refused")
        run = await generate_load(live.shape(requests=20))
        assert all(record.ok for record in run.records)


async def test_an_open_gateway_asks_for_no_key() -> None:
    with gateway(gateway_plan(auth="none"), TWO) as live:
        run = await generate_load(replace(live.shape(requests=10), key=None))
        assert all(record.ok for record in run.records)
        run = await generate_load(replace(live.shape(requests=10), key="sk-by-habit"))
        assert all(record.ok for record in run.records)
        assert not any("authorization" in call["headers"] for call in live.calls())
