"""How requests are spread: by load, by weight, by session, in spec order."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter

from tests.serving.gateway.live import gateway
from tests.serving.gateway.plans import gateway_plan, regions

from llmdeploy.infra.load import LoadRun, generate_load


def shares(run: LoadRun) -> Counter[str | None]:
    assert all(record.ok for record in run.records)
    return Counter(record.replica for record in run.records)


async def test_replicas_of_a_region_share_its_load() -> None:
    with gateway(gateway_plan(), regions("local/a", "local/b"), 2) as live:
        found = shares(await generate_load(live.shape(requests=200)))
        assert set(found) == {"a-0", "a-1"}
        assert min(found.values()) > 60


async def test_weights_split_the_load_and_a_lost_region_hands_its_share_over() -> None:
    two = regions("local/a", "local/b", weights={"local/a": 75, "local/b": 25})
    with gateway(gateway_plan(policy="weighted"), two) as live:
        found = shares(await generate_load(live.shape(requests=400)))
        assert 240 < found["a-0"] < 360
        live.replica("a-0").signal(signal.SIGKILL)
        assert set(shares(await generate_load(live.shape(requests=40, stream_share=0)))) == {"b-0"}


async def test_a_region_of_weight_0_is_used_only_as_a_reserve() -> None:
    two = regions("local/a", "local/b", weights={"local/b": 0})
    with gateway(gateway_plan(policy="weighted"), two) as live:
        assert set(shares(await generate_load(live.shape(requests=40)))) == {"a-0"}
        live.replica("a-0").signal(signal.SIGKILL)
        assert set(shares(await generate_load(live.shape(requests=40, stream_share=0)))) == {"b-0"}


async def test_failover_uses_the_specs_order_whatever_the_entry() -> None:
    with gateway(gateway_plan(policy="failover"), regions("local/a", "local/b")) as live:
        url = f"http://127.0.0.1:{live.port('local/b')}/v1"
        assert set(shares(await generate_load(live.shape(requests=40, url=url)))) == {"a-0"}
        live.replica("a-0").signal(signal.SIGKILL)
        assert set(shares(await generate_load(live.shape(requests=40, url=url, stream_share=0)))) == {"b-0"}


async def test_a_session_stays_with_its_replica_until_that_is_lost() -> None:
    plan = gateway_plan(affinity_header="x-session-id")
    with gateway(plan, regions("local/a", "local/b"), 3) as live:
        homes = {}
        for session in range(12):
            shape = live.shape(requests=6, workers=1, headers={"x-session-id": f"s{session}"})
            (homes[session],) = shares(await generate_load(shape))
        assert len(set(homes.values())) > 1
        assert set(homes.values()) <= {"a-0", "a-1", "a-2"}
        lost = homes[0]
        assert lost is not None
        live.replica(lost).signal(signal.SIGKILL)
        await asyncio.sleep(2)
        shape = live.shape(requests=6, workers=1, headers={"x-session-id": "s0"})
        (new_home,) = shares(await generate_load(shape))
        assert new_home != lost


async def test_requests_without_a_session_are_spread() -> None:
    with gateway(gateway_plan(affinity_header="x-session-id"), regions("local/a"), 2) as live:
        found = shares(await generate_load(live.shape(requests=200)))
        assert min(found.values()) > 50
