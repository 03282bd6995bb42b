"""Makes an answer take longer than it did: real waiting, so that clients and measures see it alike."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterable


class Pace:
    """Stretches time by `factor`, from its making on: what came after 1 s is passed on after `factor` s."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._began = time.perf_counter()

    async def wait(self) -> None:
        """Something is whole just now: wait until it may be passed on."""
        await self._until_due(time.perf_counter())

    async def stream(self, chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
        """`chunks`, each when it is due. Raises what `chunks` raises, after the last of them."""
        if self._factor == 1:
            async for chunk in chunks:
                yield chunk
            return
        arrived: asyncio.Queue[tuple[float, bytes] | None] = asyncio.Queue()
        reading = asyncio.create_task(_read(chunks, arrived))
        try:
            while item := await arrived.get():
                at, chunk = item
                await self._until_due(at)
                yield chunk
            await reading
        finally:
            reading.cancel()

    async def _until_due(self, arrived: float) -> None:
        due = self._began + self._factor * (arrived - self._began)
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)


async def _read(chunks: AsyncIterable[bytes], arrived: asyncio.Queue[tuple[float, bytes] | None]) -> None:
    """A task of its own: waiting in between would make later chunks seem to arrive later."""
    try:
        async for chunk in chunks:
            arrived.put_nowait((time.perf_counter(), chunk))
    finally:
        arrived.put_nowait(None)
