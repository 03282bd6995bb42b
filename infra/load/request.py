"""One chat completion, sent and watched to its end."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import aiohttp

from llmdeploy.infra.load.record import Outcome, Record
from llmdeploy.infra.load.shape import LoadShape

REGION_HEADER = "x-llmdeploy-region"
REPLICA_HEADER = "x-llmdeploy-replica"
LONGEST_ERROR = 300
"""Characters kept of an error's text."""


@dataclass(slots=True)
class _Progress:
    """What has been seen of an answer so far."""

    status: int | None = None
    region: str | None = None
    replica: str | None = None
    first_token: float | None = None


async def send(session: aiohttp.ClientSession, shape: LoadShape, number: int) -> Record:
    """Send request `number` of a load and wait for its end. Never raises but when cancelled."""
    stream = shape.streams(number)
    seen = _Progress()
    start = time.monotonic()
    outcome, error = await _watched(session, shape, number, stream, seen)
    return Record(
        number=number,
        stream=stream,
        start=start,
        end=time.monotonic(),
        outcome=outcome,
        first_token=seen.first_token,
        status=seen.status,
        region=seen.region,
        replica=seen.replica,
        error=error,
    )


async def _watched(
    session: aiohttp.ClientSession, shape: LoadShape, number: int, stream: bool, seen: _Progress
) -> tuple[Outcome, str]:
    try:
        return await _exchange(session, shape, number, stream, seen)
    except TimeoutError:
        return "timeout", f"no end after {shape.request_timeout_s:g} s"
    except (aiohttp.ClientError, OSError) as error:
        # Before ValueError, which a refused certificate is too.
        began = seen.status is not None
        return "broken" if began else "connection", f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    except ValueError as error:
        return "broken", f"not JSON: {error}"[:LONGEST_ERROR]


async def _exchange(
    session: aiohttp.ClientSession, shape: LoadShape, number: int, stream: bool, seen: _Progress
) -> tuple[Outcome, str]:
    body = {
        "model": shape.model,
        "messages": [{"role": "user", "content": shape.prompt(number)}],
        "max_tokens": shape.max_tokens,
        "stream": stream,
        **shape.body,
    }
    async with session.post(f"{shape.url}/chat/completions", json=body) as response:
        seen.status = response.status
        seen.region = response.headers.get(REGION_HEADER)
        seen.replica = response.headers.get(REPLICA_HEADER)
        if response.status >= 400:
            return "status", (await response.text())[:LONGEST_ERROR]
        if stream:
            return await _read_stream(response, seen)
        answer = json.loads(await response.read())
        return ("ok", "") if answer.get("choices") else ("broken", "an answer without choices")


async def _read_stream(response: aiohttp.ClientResponse, seen: _Progress) -> tuple[Outcome, str]:
    async for line in response.content:
        if not line.startswith(b"data:"):
            continue
        piece = line[5:].strip()
        if piece == b"[DONE]":
            return "ok", ""
        if piece.startswith(b'{"error"'):
            return "broken", piece.decode(errors="replace")[:LONGEST_ERROR]
        if seen.first_token is None:
            seen.first_token = time.monotonic()
    return "broken", "the stream ended before [DONE]"
