"""A small OpenAI-like server, every answer of which its request can set: a process that tests kill or stop.

    python replica.py PORT NAME CALLS_FILE

The body's `lag_s` is the time to the first byte, `tokens` and `gap_s` make the rest of a stream, `answer` is
a status to refuse with. Each request received is written to CALLS_FILE at once, so that calls can be counted
after the process is gone.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path

from aiohttp import web

NAME = web.AppKey("name", str)
CALLS = web.AppKey("calls", Path)


async def health(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def models(request: web.Request) -> web.Response:
    _note(request, {})
    return web.json_response(
        {"object": "list", "data": [{"id": "chat", "object": "model", "owned_by": "test"}]}
    )


async def complete(request: web.Request) -> web.StreamResponse:
    try:
        body = json.loads(await request.read())
        assert isinstance(body, dict)
    except (ValueError, AssertionError):
        return web.json_response({"error": {"message": "bad JSON"}}, status=400)
    _note(request, body)
    if "answer" in body:
        error = {"error": {"message": "full", "type": "server_error", "code": "full"}}
        return web.json_response(error, status=body["answer"], headers={"retry-after": "7"})
    if body.get("stream"):
        return await _stream(request, body)
    await asyncio.sleep(body.get("lag_s", 0.05))
    message = {"role": "assistant", "content": "hello"}
    return web.json_response(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "chat",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        },
        headers={"x-powered-by": "secret-framework/1.2", "server": "secret-server/3.4"},
    )


async def _stream(request: web.Request, body: dict[str, object]) -> web.StreamResponse:
    await asyncio.sleep(float(str(body.get("lag_s", 0.05))))
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)
    with suppress(ConnectionResetError):
        await _write_tokens(response, body)
    return response


async def _write_tokens(response: web.StreamResponse, body: dict[str, object]) -> None:
    for index in range(int(str(body.get("tokens", 5)))):
        if index:
            await asyncio.sleep(float(str(body.get("gap_s", 0.01))))
        await response.write(_event(_chunk({"content": f"t{index} "}, None)))
    await response.write(_event(_chunk({}, "stop")))
    await response.write(b"data: [DONE]\n\n")


def _chunk(delta: dict[str, str], finish: str | None) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "chat",
        "choices": [choice],
    }


def _event(data: dict[str, object]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def _note(request: web.Request, body: dict[str, object]) -> None:
    prompt = "".join(str(message["content"]) for message in body.get("messages", []))  # type: ignore[attr-defined]
    call = {
        "replica": request.app[NAME],
        "id": request.headers.get("x-request-id"),
        "headers": sorted(name.lower() for name in request.headers),
        "prompt_bytes": len(prompt),
    }
    with request.app[CALLS].open("a") as file:
        file.write(json.dumps(call) + "\n")


def main() -> None:
    port, name, calls = sys.argv[1:]
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app[NAME], app[CALLS] = name, Path(calls)
    app.router.add_get("/health", health)
    app.router.add_get("/v1/models", models)
    app.router.add_post("/v1/chat/completions", complete)
    app.router.add_get("/metrics", health)
    web.run_app(app, host="127.0.0.1", port=int(port), print=None, access_log=None, shutdown_timeout=1)


if __name__ == "__main__":
    main()
