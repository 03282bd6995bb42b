"""Past the limits, and when replicas refuse: an answer at once, as OpenAI's, saying when to come back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from tests.serving.gateway.live import KEY, Live, gateway
from tests.serving.gateway.plans import gateway_plan, regions

from llmdeploy.infra.load import generate_load
from llmdeploy.serving.plan.gateway import OutlierPlan, OverloadPlan, RetryPlan

AUTH = {"authorization": f"Bearer {KEY}"}
TIGHT = OverloadPlan(max_requests=4, max_request_bytes=1 << 20, retry_after_s=3)


async def burst(live: Live, count: int, **body: Any) -> list[httpx.Response]:
    """Many requests at the same moment."""
    url = f"http://127.0.0.1:{live.port()}/v1/chat/completions"
    async with httpx.AsyncClient(headers=AUTH, timeout=20) as client:
        return await asyncio.gather(*(client.post(url, json={"messages": [], **body}) for _ in range(count)))


async def test_past_the_limit_clients_are_told_when_to_come_back() -> None:
    with gateway(gateway_plan(overload=TIGHT), regions("local/a")) as live:
        answers = await burst(live, 12, lag_s=0.5)
        refused = [answer for answer in answers if answer.status_code == 503]
        assert [answer.status_code for answer in answers].count(200) == 4
        assert len(refused) == 8
        assert {answer.headers["retry-after"] for answer in refused} == {"3"}
        assert refused[0].json()["error"] == {
            "message": "4 requests are in flight already",
            "type": "server_error",
            "param": None,
            "code": "overloaded",
        }
        assert [answer.status_code for answer in await burst(live, 4, lag_s=0)] == [200] * 4


@pytest.mark.parametrize("status", [429, 503])
async def test_a_full_replicas_request_is_tried_in_the_next_region_and_its_answer_passed_on(
    status: int,
) -> None:
    with gateway(gateway_plan(), regions("local/a", "local/b")) as live:
        (answer,) = await burst(live, 1, answer=status)
        assert answer.status_code == status
        assert answer.headers["retry-after"] == "7"
        assert answer.json()["error"]["code"] == "full"
        assert [call["replica"] for call in live.calls()] == ["a-0", "b-0"]


async def test_a_request_that_crashes_in_a_replica_is_not_carried_to_the_next() -> None:
    with gateway(gateway_plan(), regions("local/a", "local/b")) as live:
        (answer,) = await burst(live, 1, answer=500)
        assert answer.status_code == 500
        assert [call["replica"] for call in live.calls()] == ["a-0"]


async def test_one_clients_crashing_requests_do_not_take_every_replica_from_the_others() -> None:
    with gateway(gateway_plan(), regions("local/a", "local/b")) as live:
        await burst(live, 40, answer=500)
        run = await generate_load(live.shape(requests=40))
        assert all(record.ok for record in run.records)


async def test_a_replica_that_answers_errors_is_put_aside_though_its_health_page_answers() -> None:
    plan = gateway_plan(outlier=OutlierPlan(consecutive_failures=5, ejection_s=5))
    with gateway(plan, regions("local/a", "local/b")) as live:
        for _ in range(5):
            await burst(live, 1, answer=500)
        await asyncio.sleep(1.2)
        run = await generate_load(live.shape(requests=20))
        assert {record.region for record in run.records} == {"local/b"}


async def test_the_retry_budget_bounds_what_failures_add() -> None:
    plan = gateway_plan(retry=RetryPlan(retries=1, budget_percent=0, minimum_concurrency=2))
    with gateway(plan, regions("local/a", "local/b")) as live:
        answers = await burst(live, 20, answer=503)
        assert {answer.status_code for answer in answers} == {503}
        assert len(live.calls()) < 40
        assert live.counter("upstream_rq_retry_overflow") > 0


async def test_with_no_replica_left_clients_are_told_when_to_come_back() -> None:
    with gateway(gateway_plan(), regions("local/a")) as live:
        live.replica("a-0").signal(9)
        await asyncio.sleep(2)
        (answer,) = await burst(live, 1)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert json.loads(answer.text)["error"]["message"] == "no healthy replica may take this request"
