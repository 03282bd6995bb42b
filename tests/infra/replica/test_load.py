"""More requests than slots, and clients that go away."""

from __future__ import annotations

import asyncio
from typing import Any

import openai
import pytest

LONG: dict[str, Any] = {
    "model": "chat",
    "messages": [{"role": "user", "content": "Go on."}],
    "max_tokens": 7000,
}
SLOTS = ("--context-length", "8192", "--concurrency", "1")


def waiting(replica: Any) -> float:
    return float(replica.metric("llmdeploy_requests_waiting"))


def running(replica: Any) -> float:
    return float(replica.metric("llmdeploy_requests_running"))


async def until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.01)


async def abandon(request: asyncio.Task[Any]) -> None:
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request


async def test_a_full_queue_answers_429_with_retry_after(start_replica: Any) -> None:
    replica = start_replica(*SLOTS, "--max-waiting", "1")
    client = replica.async_client
    first = asyncio.create_task(client.chat.completions.create(**LONG))
    await until(lambda: running(replica) == 1)
    second = asyncio.create_task(client.chat.completions.create(**LONG))
    await until(lambda: waiting(replica) == 1)

    with pytest.raises(openai.RateLimitError) as refused:
        await client.chat.completions.create(**LONG)

    assert int(refused.value.response.headers["retry-after"]) >= 1
    assert refused.value.code == "queue_full"
    assert replica.health() == 200, "a full replica is well"
    assert replica.metric("llmdeploy_requests_total", outcome="overloaded") == 1
    await abandon(second)
    await until(lambda: waiting(replica) == 0)
    await abandon(first)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_goes_away_frees_its_slot(start_replica: Any, stream: bool) -> None:
    replica = start_replica(*SLOTS)
    client = replica.async_client

    async def ask() -> None:
        answer = await client.chat.completions.create(**LONG, stream=stream)
        async for _ in answer:
            pass

    gone = asyncio.create_task(ask())
    await until(lambda: running(replica) == 1)
    await asyncio.sleep(0.3)
    await abandon(gone)
    await until(lambda: running(replica) == 0)

    began = asyncio.get_running_loop().time()
    answer = await client.chat.completions.create(**{**LONG, "max_tokens": 4})
    assert answer.usage.completion_tokens == 4
    assert asyncio.get_running_loop().time() - began < 3, "the engine itself has dropped the long answer too"
    assert replica.metric("llmdeploy_requests_total", outcome="cancelled") == 1
    assert replica.metric("llmdeploy_requests_total", outcome="success") == 1


async def test_everyone_gets_a_turn(start_replica: Any) -> None:
    replica = start_replica("--concurrency", "2", "--max-waiting", "30")
    client = replica.async_client
    answers = await asyncio.gather(
        *(client.chat.completions.create(**{**LONG, "max_tokens": 20}) for _ in range(24))
    )
    assert [answer.usage.completion_tokens for answer in answers] == [20] * 24
