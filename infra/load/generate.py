"""Workers that keep a bounded number of requests in flight.

aiohttp, not httpx: on two cores against one trivial server, 8 workers, measured 2026-11-24, a request costs the client
CLIENT_FIGURES, and a slow client would be taken for a slow gateway.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator

import aiohttp

from llmdeploy.infra.load.record import Record
from llmdeploy.infra.load.request import send
from llmdeploy.infra.load.shape import LoadShape


async def generate_load(
    shape: LoadShape,
    *,
    stop: asyncio.Event | None = None,
    on_record: Callable[[Record], None] | None = None,
) -> tuple[Record, ...]:
    """Send the load and return what its clients saw, in the order the requests ended.

    Ends by itself within `shape.longest_s`. `stop`, once set, keeps further requests from starting. When the caller is
    cancelled, requests under way are dropped and every connection closed; what was seen until then went to `on_record`.
    """
    records: list[Record] = []
    numbers = itertools.count() if shape.requests is None else iter(range(shape.requests))
    last_start = time.monotonic() + shape.seconds

    def more() -> bool:
        return time.monotonic() < last_start and not (stop is not None and stop.is_set())

    def keep(record: Record) -> None:
        records.append(record)
        if on_record is not None:
            on_record(record)

    async with _session(shape) as session, asyncio.TaskGroup() as workers:
        for _ in range(shape.workers):
            workers.create_task(_work(session, shape, numbers, more, keep))
    return tuple(records)


async def _work(
    session: aiohttp.ClientSession,
    shape: LoadShape,
    numbers: Iterator[int],
    more: Callable[[], bool],
    keep: Callable[[Record], None],
) -> None:
    while more():
        number = next(numbers, None)
        if number is None:
            return
        record = await send(session, shape, number)
        keep(record)
        if not record.ok:
            await asyncio.sleep(shape.pause_s)


def _session(shape: LoadShape) -> aiohttp.ClientSession:
    headers = dict(shape.headers)
    if shape.key is not None:
        headers["authorization"] = f"Bearer {shape.key}"
    return aiohttp.ClientSession(
        headers=headers,
        connector=aiohttp.TCPConnector(limit=shape.workers),
        timeout=aiohttp.ClientTimeout(total=shape.request_timeout_s),
        trust_env=False,
    )
