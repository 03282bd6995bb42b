"""A load on real servers, good and bad: what is sent, what is recorded, and that it always ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from llmdeploy.infra.load import LoadShape, Record, generate_load, report_load

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        await runner.cleanup()


async def good(request: web.Request) -> web.StreamResponse:
    body = await request.json()
    headers = {"x-llmdeploy-region": "local/a", "x-llmdeploy-replica": "a-0"}
    if not body["stream"]:
        return web.json_response({"choices": [{}]}, headers=headers)
    return await pieces(
        request, [b"data: {}\n\n", b": a comment\n\n", b"data: {}\n\n", b"data: [DONE]\n\n"], headers
    )


async def pieces(request: web.Request, parts: list[bytes], headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    for part in parts:
        await asyncio.sleep(0.02)
        await response.write(part)
    return response


def shape(url: str, **changes: object) -> LoadShape:
    return LoadShape(**{"url": url, "model": "chat", "request_timeout_s": 1.0, "seconds": 5.0, **changes})  # type: ignore[arg-type]


async def test_what_is_sent_and_recorded() -> None:
    seen: list[dict[str, object]] = []
    headers: list[str | None] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(await request.json())
        headers.append(request.headers.get("authorization"))
        return await good(request)

    async with serving(answer) as url:
        run = await generate_load(
            shape(url, key="sk-k", requests=40, stream_share=0.25, prompt_bytes=(10, 1000), body={"seed": 7})
        )
    assert [record.outcome for record in run.records] == ["ok"] * 40
    assert sorted(record.number for record in run.records) == list(range(40))
    assert sum(record.stream for record in run.records) == 10
    assert all((record.ttft_s is not None) == record.stream for record in run.records)
    assert all(record.ttft_s is None or 0.01 < record.ttft_s < record.latency_s for record in run.records)
    assert {(record.region, record.replica) for record in run.records} == {("local/a", "a-0")}
    assert set(headers) == {"Bearer sk-k"}
    assert sorted({len(body["messages"][0]["content"]) for body in seen}) == [10, 1000]  # type: ignore[index]
    assert {(body["model"], body["max_tokens"], body["seed"]) for body in seen} == {("chat", 16, 7)}


async def test_no_more_workers_than_asked_for() -> None:
    now, most = 0, 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1
        return web.json_response({"choices": [{}]})

    async with serving(answer) as url:
        await generate_load(shape(url, workers=3, requests=30, stream_share=0))
    assert most == 3


async def _status(request: web.Request) -> web.StreamResponse:
    return web.json_response({"error": "full"}, status=503)


async def _never(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def _drop(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _cut(request: web.Request) -> web.StreamResponse:
    response = await pieces(request, [b"data: {}\n\n"], {})
    assert request.transport is not None
    request.transport.abort()
    return response


async def _short(request: web.Request) -> web.StreamResponse:
    return await pieces(request, [b"data: {}\n\n"], {})


async def _error_event(request: web.Request) -> web.StreamResponse:
    return await pieces(request, [b"data: {}\n\n", b'data: {"error": {"message": "out of memory"}}\n\n'], {})


@pytest.mark.parametrize(
    ("answer", "outcome", "status", "text"),
    [
        (_status, "status", 503, "full"),
        (_never, "timeout", None, "no end after 1 s"),
        (_drop, "connection", None, "Disconnected"),
        (_cut, "broken", 200, "Payload"),
        (_short, "broken", 200, "before [DONE]"),
        (_error_event, "broken", 200, "out of memory"),
    ],
)
async def test_every_way_to_fail_is_told_apart(
    answer: Answer, outcome: str, status: int | None, text: str
) -> None:
    async with serving(answer) as url:
        run = await generate_load(shape(url, requests=2, stream_share=1))
    assert [(record.outcome, record.status) for record in run.records] == [(outcome, status)] * 2
    assert text in run.records[0].error


async def test_a_server_that_is_not_there() -> None:
    run = await generate_load(shape("http://127.0.0.1:9/v1", requests=3))
    assert [record.outcome for record in run.records] == ["connection"] * 3
    assert report_load(run).failures == {"connection": 3}


async def test_the_load_ends_in_time_though_nothing_answers() -> None:
    start = time.monotonic()
    async with serving(_never) as url:
        bounded = shape(url, seconds=0.5)
        run = await generate_load(bounded)
    assert time.monotonic() - start < bounded.longest_s + 3
    assert {record.outcome for record in run.records} == {"timeout"}


async def test_stopping_lets_requests_under_way_end() -> None:
    stop = asyncio.Event()
    async with serving(good) as url:
        load = asyncio.create_task(generate_load(shape(url, seconds=60), stop=stop))
        await asyncio.sleep(0.3)
        stop.set()
        run = await asyncio.wait_for(load, 5)
    assert run.records
    assert all(record.ok for record in run.records)


async def test_an_interrupted_load_has_told_what_it_saw_and_holds_no_connection() -> None:
    seen: list[Record] = []
    connections: set[asyncio.BaseTransport] = set()

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        connections.add(request.transport)
        return await (good if len(seen) < 20 else _never)(request)

    async with serving(answer) as url:
        endless = shape(url, seconds=60, stream_share=0)
        load = asyncio.create_task(generate_load(endless, on_record=seen.append))
        await asyncio.sleep(0.5)
        load.cancel()
        with pytest.raises(asyncio.CancelledError):
            await load
        await asyncio.sleep(0.1)
        assert all(connection.is_closing() for connection in connections)
    assert len(seen) >= 20
    assert connections


def test_a_shape_does_not_show_its_key() -> None:
    assert "sk-secret" not in repr(LoadShape(url="http://x/v1", model="m", key="sk-secret"))
