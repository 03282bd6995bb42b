"""A real HTTP server that does what a gateway with two versions does. All requests need the key; those that
name the canary's revision go to its replicas in turn, others to stable."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

REVISION = "6f6073b"
KEY = "sk-of-the-gateway"

Replica = Callable[[dict[str, Any]], Awaitable[str]]
"""The text of the answer to a request's body, or an HTTP error raised."""


class CanaryGateway:
    """Counts what it is sent. `named`: whether answers tell which replica gave them.

    `revision`: the one that it has heard of.
    """

    def __init__(self, replicas: Mapping[str, Replica], *, named: bool = True) -> None:
        self.replicas = dict(replicas)
        self.named = named
        self.revision = REVISION
        self.bodies: list[dict[str, Any]] = []
        self.sent_to: Counter[str] = Counter()
        self.at_once = self.most_at_once = 0
        self._turn = itertools.count()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return web.json_response(
                {"error": {"message": f"not {request.headers['authorization']}"}}, status=401
            )
        body = await request.json()
        self.bodies.append(body)
        pinned = request.headers.get("x-llmdeploy-revision") == self.revision
        names = sorted(self.replicas) if pinned else ["a-0"]
        name = names[next(self._turn) % len(names)]
        self.sent_to[name] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            text = await self.replicas[name](body) if pinned else "as always"
        finally:
            self.at_once -= 1
        headers = {"x-llmdeploy-replica": name if self.named else "region"}
        if pinned:
            headers["x-llmdeploy-revision"] = self.revision
        if not body["stream"]:
            return web.json_response({"choices": [{"message": {"content": text}}]}, headers=headers)
        return await self._streamed(request, text, headers)

    @staticmethod
    async def _streamed(request: web.Request, text: str, headers: dict[str, str]) -> web.StreamResponse:
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        for word in text.split():
            event = {"choices": [{"delta": {"content": word}}]}
            await response.write(f"data: {json.dumps(event)}\n\n".encode())
        await response.write(b'data: {"choices": [], "usage": {}}\n\ndata: [DONE]\n\n')
        return response


async def good(body: dict[str, Any]) -> str:
    """Says the last message again."""
    return f"You said: {body['messages'][-1]['content']}"


async def failing(body: dict[str, Any]) -> str:
    raise web.HTTPInternalServerError(text="out of memory")


async def hanging(body: dict[str, Any]) -> str:
    await asyncio.sleep(60)
    return "too late"


@asynccontextmanager
async def serving(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """A server of chat completions; yields its address with `/v1`."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()
