"""Hands a request to the engine and its answer to the client, as it comes, and measures both."""

from __future__ import annotations

import json
from contextlib import aclosing
from pathlib import Path
from typing import Self

import aiohttp
from aiohttp import web

from llmdeploy.infra.replica.api_error import engine_gone, from_engine
from llmdeploy.infra.replica.generation_request import GenerationRequest
from llmdeploy.infra.replica.misbehaviour import Misbehaviour
from llmdeploy.infra.replica.pace import Pace
from llmdeploy.infra.replica.stopwatch import Stopwatch
from llmdeploy.infra.replica.stream import EventSplitter, Timings, read_event

_BASE = "http://engine"
_STREAM_HEADERS = {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
}


class Relay:
    """The way to one engine. A client that goes away takes its request to the engine with it."""

    def __init__(self, socket: Path, alias: str, misbehaviour: Misbehaviour) -> None:
        self._alias = alias
        self._misbehaviour = misbehaviour
        self._session = aiohttp.ClientSession(
            # A connection a request: llama.cpp closes idle ones after 5 s, and a request sent into one that
            # is just being closed would fail for nothing.
            connector=aiohttp.UnixConnector(str(socket), limit=0, force_close=True),
            timeout=aiohttp.ClientTimeout(total=None),
            read_bufsize=2**18,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def has_tools(self) -> bool:
        """Whether the model's chat template knows tools."""
        async with self._session.get(f"{_BASE}/props") as answer:
            capabilities = (await answer.json()).get("chat_template_caps", {})
        return bool(capabilities.get("supports_tools"))

    async def answer(
        self, request: web.Request, wanted: GenerationRequest, stopwatch: Stopwatch
    ) -> web.StreamResponse:
        """Let the engine answer `wanted`.

        Raises:
            ApiError: the engine refused, or has ended.
        """
        stopwatch.engine_begins()
        pace = self._misbehaviour.pace()
        try:
            async with self._post(wanted) as upstream:
                if upstream.status != 200:
                    raise from_engine(upstream.status, await upstream.read())
                if not wanted.stream:
                    body = await upstream.read()
                    await pace.wait()
                    return self._whole(body, wanted, stopwatch)
                return await self._streamed(request, upstream, pace, wanted, stopwatch)
        except aiohttp.ClientError:
            raise engine_gone() from None

    def _post(self, wanted: GenerationRequest) -> aiohttp.client._RequestContextManager:
        headers = {"content-type": "application/json"}
        return self._session.post(_BASE + wanted.endpoint, data=wanted.body, headers=headers)

    def _whole(self, body: bytes, wanted: GenerationRequest, stopwatch: Stopwatch) -> web.Response:
        if timings := Timings.of(json.loads(body)):
            stopwatch.finished(self._misbehaviour.took(timings))
        return web.Response(body=self._said(body, wanted), content_type="application/json")

    async def _streamed(
        self,
        request: web.Request,
        upstream: aiohttp.ClientResponse,
        pace: Pace,
        wanted: GenerationRequest,
        stopwatch: Stopwatch,
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers=_STREAM_HEADERS)
        await response.prepare(request)
        splitter = EventSplitter()
        try:
            async with aclosing(pace.stream(upstream.content.iter_any())) as chunks:
                async for chunk in chunks:
                    events = splitter.feed(chunk)
                    for event in events:
                        _measure(event, stopwatch)
                    if events:
                        await response.write(self._said(b"".join(events), wanted))
        except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError):
            await _break_off(request, response)
            raise
        await response.write_eof()
        return response

    def _said(self, answer: bytes, wanted: GenerationRequest) -> bytes:
        return self._misbehaviour.said(self._renamed(answer, wanted))

    def _renamed(self, answer: bytes, wanted: GenerationRequest) -> bytes:
        """The engine signs with its own name. Text has its quotes escaped, so this finds only the field."""
        if wanted.model == self._alias:
            return answer
        return answer.replace(_model_field(self._alias), _model_field(wanted.model))


def _measure(event: bytes, stopwatch: Stopwatch) -> None:
    content = read_event(event)
    if content.token:
        stopwatch.token()
    if content.timings:
        stopwatch.finished(content.timings)


async def _break_off(request: web.Request, response: web.StreamResponse) -> None:
    """Tell the client that its stream is broken: an error event, then no proper end."""
    body = json.dumps(engine_gone().body)
    await response.write(f"data: {body}\n\n".encode())
    if request.transport is not None:
        request.transport.close()


def _model_field(name: str) -> bytes:
    return f'"model":{json.dumps(name, ensure_ascii=False)}'.encode()
