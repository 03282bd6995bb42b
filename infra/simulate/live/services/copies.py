"""Copies of SageMaker's components in a live simulation: none once nobody has asked for a while, and one
again some time after a request has found none, where the deployment has wired it so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Final

from llmdeploy.infra.simulate.live.services.configuration import ConfigurationFile, ServedEndpoint
from llmdeploy.infra.simulate.live.services.look import CloudsLook

_EVERY_S: Final = 1.0


class Copies:
    """How many each component has, as the simulated clouds hold it: `llmdeploy status` sees the same."""

    def __init__(self, clouds: CloudsLook) -> None:
        self._clouds = clouds
        self._asked: dict[str, float] = {}
        self._ready: dict[str, float] = {}

    def serve(self, endpoint: ServedEndpoint) -> bool:
        """Whether a copy takes a request now; one that finds none has the first started."""
        now = time.monotonic()
        self._pass(endpoint, now)
        if self._clouds.copies(endpoint):
            self._asked[endpoint.component] = now
            return True
        if endpoint.component not in self._ready and self._clouds.wakes(endpoint):
            self._ready[endpoint.component] = now + endpoint.wake_s
        return False

    def look(self, endpoints: Iterable[ServedEndpoint]) -> None:
        """Let happen what has come to its time."""
        for each in endpoints:
            if each.component:
                self._pass(each, time.monotonic())

    def _pass(self, endpoint: ServedEndpoint, now: float) -> None:
        name = endpoint.component
        if now >= self._ready.get(name, now + 1):
            del self._ready[name]
            self._asked[name] = now
            self._clouds.set_copies(endpoint, 1)
        last = self._asked.setdefault(name, now)
        idle = endpoint.idle_s and now - last > endpoint.idle_s
        if idle and self._clouds.copies(endpoint) and self._clouds.may_sleep(endpoint):
            self._clouds.set_copies(endpoint, 0)


async def scaling(file: ConfigurationFile, copies: Copies) -> None:
    """Look after the copies until cancelled."""
    while True:
        copies.look(file.read().endpoints)
        await asyncio.sleep(_EVERY_S)
