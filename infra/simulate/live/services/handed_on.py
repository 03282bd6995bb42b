"""A call that goes on to an instance, and its answer that comes back as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import aiohttp
from aiohttp import web

from llmdeploy.infra.simulate.live.services.calls import Call
from llmdeploy.infra.simulate.live.services.configuration import ServedEndpoint

_SENT: Final = ("content-type", "accept")
Told = Callable[[int], tuple[int, Mapping[str, str]]]
"""What the service makes of the container's status: its own, and headers."""


def as_it_is(status: int) -> tuple[int, Mapping[str, str]]:
    """The status of the container."""
    return status, {}


async def handed_on(
    call: Call, endpoint: ServedEndpoint, path: str, told: Told = as_it_is
) -> web.StreamResponse:
    """Ask an instance, and hand on what it says, piece by piece.

    Raises:
        NoInstance: none can be reached.
        TimeoutError: none has begun to answer in time.
        aiohttp.ClientError: it was lost before it answered.
    """
    query = call.request.raw_path.partition("?")[2]
    target = f"{path}?{query}" if query else path
    headers = {name: call.request.headers[name] for name in _SENT if name in call.request.headers}
    async with call.instances.asked(
        endpoint, call.request.method, target, call.body, headers, endpoint.stream_timeout_s
    ) as answer:
        kind = {"content-type": answer.response.headers.get("content-type", "application/json")}
        status, more = told(answer.response.status)
        response = web.StreamResponse(
            status=status, headers={**kind, **more, **call.marks(endpoint, answer.instance)}
        )
        if "content-length" in answer.response.headers:
            response.content_length = int(answer.response.headers["content-length"])
        await response.prepare(call.request)
        try:
            async for chunk in answer.response.content.iter_any():
                await response.write(chunk)
        except (TimeoutError, aiohttp.ClientError):
            # The head is out: all that is left to say is that it does not go on.
            if call.request.transport is not None:
                call.request.transport.abort()
            return response
        await response.write_eof()
        return response
