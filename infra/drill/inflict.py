"""Making a fault on living processes, and letting it last."""

from __future__ import annotations

import asyncio
import contextlib
import time

from llmdeploy.infra.drill.target import Target
from llmdeploy.infra.drill.victims import Victims, find_victims

PERIOD_S = 0.1
STOPPED_SHARE = 0.8
"""A slowed process is stopped for 80 ms of every 100 ms: it works at a fifth of its speed and still answers
its health checks, as an overheated or contended machine does."""
_LOOK_EVERY_S = 0.05


async def inflict(target: Target, victims: Victims, outage_s: float, startup_timeout_s: float) -> None:
    """Make the fault and return when it has lasted for `outage_s` seconds; a replica killed alone comes back
    as soon as its supervisord starts it anew.

    A fault is on until it is healed, also when this ends.
    """
    if target.kind == "kill":
        victims.kill()
        if target.whole:
            await asyncio.sleep(outage_s)
        else:
            await _started_anew(target, victims, startup_timeout_s)
    elif target.kind == "hang":
        victims.suspend()
        await asyncio.sleep(outage_s)
    else:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(outage_s):
                await _slow(victims)


async def _slow(victims: Victims) -> None:
    while True:
        victims.suspend()
        await asyncio.sleep(PERIOD_S * STOPPED_SHARE)
        victims.resume()
        await asyncio.sleep(PERIOD_S * (1 - STOPPED_SHARE))


async def _started_anew(target: Target, victims: Victims, within_s: float) -> None:
    gone = {process.pid for process in victims.replicas}
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = await asyncio.to_thread(find_victims, target)
        if {process.pid for process in found.replicas} - gone:
            return
        await asyncio.sleep(_LOOK_EVERY_S)
