"""The local replicas that stand for an endpoint's instances: the one with the least in flight answers."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from llmdeploy.infra.simulate.live.services.configuration import ServedEndpoint

HOST: Final = "127.0.0.1"
OUT_S: Final = 1.0
"""An instance that cannot be reached gets nothing for so long, while another one can."""
CONNECT_S: Final = 2.0


class NoInstance(Exception):
    """None of an endpoint's instances can be reached."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an instance has begun to answer."""

    instance: str
    response: aiohttp.ClientResponse


@dataclass
class Instances:
    """Sends to the instances of all endpoints."""

    session: aiohttp.ClientSession
    _in_flight: Counter[int] = field(default_factory=Counter)
    _out: dict[int, float] = field(default_factory=dict)

    @asynccontextmanager
    async def asked(
        self,
        endpoint: ServedEndpoint,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        timeout_s: float,
    ) -> AsyncIterator[Answer]:
        """The answer of one of them. It counts as in flight while the block runs.

        Raises:
            NoInstance: none can be reached.
            TimeoutError: it has not begun to answer in `timeout_s` seconds.
            aiohttp.ClientError: it was lost before it answered.
        """
        limit = aiohttp.ClientTimeout(total=timeout_s, sock_connect=CONNECT_S)
        for name, port in self._in_order(endpoint.instances.items()):
            url = f"http://{HOST}:{port}{path}"
            self._in_flight[port] += 1
            try:
                try:
                    response = await self.session.request(
                        method, url, data=body or None, headers=headers, timeout=limit
                    )
                except aiohttp.ClientConnectorError:
                    self._out[port] = time.monotonic()
                    continue
                self._out.pop(port, None)
                async with response:
                    yield Answer(name, response)
                return
            finally:
                self._in_flight[port] -= 1
        raise NoInstance

    def _in_order(self, instances: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
        soon = time.monotonic() - OUT_S
        return sorted(
            instances, key=lambda each: (self._out.get(each[1], 0.0) > soon, self._in_flight[each[1]])
        )
