"""One chat completion with its text, by whom it was answered, or why it was not."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import aiohttp

from llmdeploy.infra.load.request import REPLICA_HEADER
from llmdeploy.serving.gateway import PIN_HEADER

LONGEST_ERROR: Final = 300
"""Characters kept of an error's text."""
MOST_BYTES: Final = 4 << 20
"""Of an answer: more than the longest context writes. A replica that never ends is broken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `error` is empty exactly when the answer is whole.

    Args:
        kind: of the error, for counting: `status 503`, `timeout`, `connection`, `broken`.
        status: None when none came.
        replica: as the answer names it; empty when it does not.
        revision: that the request was pinned to, as the gateway says; empty when it was to none.
        first_token_s: seconds to the first piece of a stream; None for a whole answer.
    """

    text: str = ""
    error: str = ""
    kind: str = ""
    status: int | None = None
    replica: str = ""
    first_token_s: float | None = None
    revision: str = ""

    @property
    def ok(self) -> bool:
        """Whether the whole answer came."""
        return not self.error


class _Broken(Exception):
    """An answer that has begun and is none."""


@dataclass(slots=True)
class _Seen:
    """What is known of an answer before its end."""

    status: int | None = None
    replica: str = ""
    revision: str = ""
    first_token_s: float | None = None


async def ask(
    session: aiohttp.ClientSession,
    url: str,
    body: Mapping[str, Any],
    timeout_s: float,
    secret: str | None,
    server_name: str | None = None,
) -> Answer:
    """Send a chat completion and wait for its end. Never raises but when cancelled.

    Args:
        secret: the key that was sent; taken out of what is told of an error.
        server_name: what the server's certificate is for, where that is not the URL's host.
    """
    seen = _Seen()
    text = kind = error = ""
    try:
        text = await _exchange(session, url, body, timeout_s, server_name, seen)
    except _Broken as broken:
        kind, error = "broken" if seen.status == HTTPStatus.OK else f"status {seen.status}", str(broken)
    except TimeoutError:
        kind, error = "timeout", f"no end after {timeout_s:g} s"
    # Before ValueError, which an untrusted certificate is too.
    except (aiohttp.ClientError, OSError) as problem:
        kind = "connection" if seen.status is None else "broken"
        error = f"{type(problem).__name__}: {problem}"
    except ValueError as problem:
        kind, error = "broken", f"not JSON: {problem}"
    return Answer(
        text, _clean(error, secret), kind, seen.status, seen.replica, seen.first_token_s, seen.revision
    )


async def _exchange(
    session: aiohttp.ClientSession,
    url: str,
    body: Mapping[str, Any],
    timeout_s: float,
    server_name: str | None,
    seen: _Seen,
) -> str:
    start = time.monotonic()
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with session.post(
        url, json=body, timeout=timeout, allow_redirects=False, server_hostname=server_name
    ) as response:
        seen.status = response.status
        seen.replica = response.headers.get(REPLICA_HEADER, "")
        seen.revision = response.headers.get(PIN_HEADER, "")
        if response.status != HTTPStatus.OK:
            raise _Broken((await _whole(response)).decode(errors="replace").strip() or "no reason given")
        if body.get("stream"):
            return await _streamed(response, start, seen)
        return _content(json.loads(await _whole(response)), "message")


async def _streamed(response: aiohttp.ClientResponse, start: float, seen: _Seen) -> str:
    pieces: list[str] = []
    length = 0
    async for line in response.content:
        length += len(line)
        if length > MOST_BYTES:
            raise _Broken("the stream does not end")
        if not line.startswith(b"data:"):
            continue
        piece = line[5:].strip()
        if piece == b"[DONE]":
            return "".join(pieces)
        event = json.loads(piece)
        if isinstance(event, dict) and "error" in event:
            raise _Broken(piece.decode(errors="replace"))
        if seen.first_token_s is None:
            seen.first_token_s = time.monotonic() - start
        if event.get("choices"):  # the last piece may tell of usage alone
            pieces.append(_content(event, "delta"))
    raise _Broken("the stream ended before [DONE]")


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > MOST_BYTES:
            raise _Broken("the answer does not end")
    return bytes(content)


def _content(event: Any, part: str) -> str:
    try:
        content = event["choices"][0][part].get("content")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise _Broken("an answer without choices") from None
    return content if isinstance(content, str) else ""


def _clean(error: str, secret: str | None) -> str:
    told = " ".join(error.split())
    return (told.replace(secret, "[key]") if secret else told)[:LONGEST_ERROR]
