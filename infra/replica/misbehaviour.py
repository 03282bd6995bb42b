"""Does wrong what a `Fault` says: fails, hangs and crashes by the count of generations."""

from __future__ import annotations

import asyncio
import logging
import math
import os
from dataclasses import replace

from aiohttp import web

from llmdeploy.infra.replica.api_error import ApiError
from llmdeploy.infra.replica.fault import Fault
from llmdeploy.infra.replica.nonsense import nonsense
from llmdeploy.infra.replica.pace import Pace
from llmdeploy.infra.replica.stream import Timings

_log = logging.getLogger("llmdeploy.replica")

_ANSWERED_BEFORE_HANGING = 3  # enough for `up` and a warm-up to find it well


class Misbehaviour:
    """Of one replica. Faults go by count and not by chance: the same requests meet the same ones."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._begun = 0
        self._answered = 0

    async def health(self) -> None:
        """The health page was asked for."""
        if self._fault.hang and self._begun >= _ANSWERED_BEFORE_HANGING:
            await _for_ever()

    async def begin(self) -> None:
        """A generation is to begin.

        Raises:
            ApiError: it is one of those that fail.
        """
        self._begun += 1
        if (self._fault.hang or self._fault.hang_quietly) and self._begun > _ANSWERED_BEFORE_HANGING:
            await _for_ever()
        if math.floor(self._begun * self._fault.errors) > math.floor((self._begun - 1) * self._fault.errors):
            raise ApiError(
                500, "This replica fails on purpose.", code="misbehaving_on_purpose", kind="server_error"
            )

    def pace(self) -> Pace:
        """The pace of an answer that the engine begins now."""
        return Pace(self._fault.slow)

    def said(self, answer: bytes) -> bytes:
        """What the client hears of `answer`, a whole body or whole events."""
        return nonsense(answer) if self._fault.noise else answer

    def took(self, timings: Timings) -> Timings:
        """How long the parts of an answer took, for the client."""
        slow = self._fault.slow
        return replace(
            timings, prompt_ms=timings.prompt_ms * slow, generation_ms=timings.generation_ms * slow
        )

    async def end(self, request: web.Request, response: web.StreamResponse) -> None:
        """A generation was answered with `response`, which is sent before the process crashes."""
        self._answered += 1
        if self._answered != self._fault.crash:
            return
        if not response.prepared:
            await response.prepare(request)
        await response.write_eof()
        _log.error("crashing on purpose after %d generations", self._answered)
        os._exit(1)


async def _for_ever() -> None:
    await asyncio.Event().wait()
