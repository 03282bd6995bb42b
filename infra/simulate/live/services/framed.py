"""A stream of an instance, handed on in frames as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping

import aiohttp
from aiohttp import web


async def framed(
    request: web.Request,
    headers: Mapping[str, str],
    chunks: AsyncIterator[bytes],
    frames: Callable[[bytes], bytes],
    broken: Callable[[Exception], bytes],
) -> web.StreamResponse:
    """The answer, once all of it has been sent.

    Args:
        frames: makes the frames of a chunk; it may keep a part of it for the next one.
        broken: makes the frame that says that it does not go on.
    """
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    try:
        async for chunk in chunks:
            if made := frames(chunk):
                await response.write(made)
    except (TimeoutError, aiohttp.ClientError) as error:
        await response.write(broken(error))
    await response.write_eof()
    return response
