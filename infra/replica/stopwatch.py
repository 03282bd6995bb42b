"""Measures one request from its arrival to its end, whatever that end is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

from prometheus_client import Counter, Histogram

from llmdeploy.infra.replica.api_error import ApiError
from llmdeploy.infra.replica.stream import Timings

Outcome = Literal["success", "cancelled", "error", "invalid", "overloaded"]


@dataclass(frozen=True, slots=True)
class Series:
    """Where the figures of one model go."""

    first_token: Histogram
    per_token: Histogram
    whole: Histogram
    prompt_tokens: Counter
    generation_tokens: Counter
    ended: Callable[[Outcome], None]


class Stopwatch:
    """Runs from its making. As a context manager it books the request when the block ends."""

    def __init__(self, series: Series) -> None:
        self._series = series
        self._arrived = time.perf_counter()
        self._engine_began = self._arrived
        self._first: float | None = None
        self._last = self._arrived
        self._tokens_seen = 0
        self._timings: Timings | None = None

    def engine_begins(self) -> None:
        """The request has got its slot."""
        self._engine_began = time.perf_counter()

    def token(self) -> None:
        """A piece of the answer has come."""
        self._last = time.perf_counter()
        self._tokens_seen += 1
        if self._first is None:
            self._first = self._last
            self._series.first_token.observe(self._first - self._arrived)

    def finished(self, timings: Timings) -> None:
        """The answer is complete, and the engine has said how long its parts took."""
        self._timings = timings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._series.ended(_outcome(error))
        self._series.whole.observe(time.perf_counter() - self._arrived)
        if self._timings is None:
            self._series.generation_tokens.inc(self._tokens_seen)
            return
        self._series.prompt_tokens.inc(self._timings.prompt_tokens)
        self._series.generation_tokens.inc(self._timings.generated_tokens)
        self._book_pace(self._timings)

    def _book_pace(self, timings: Timings) -> None:
        """An answer that came in one piece has only the engine's word for its first token and its pace."""
        if self._first is None:
            waited = self._engine_began - self._arrived
            self._series.first_token.observe(waited + timings.prompt_ms / 1000)
            generating = timings.generation_ms / 1000
        else:
            generating = self._last - self._first
        if timings.generated_tokens > 1:
            self._series.per_token.observe(generating / (timings.generated_tokens - 1))


def _outcome(error: BaseException | None) -> Outcome:
    match error:
        case None:
            return "success"
        case asyncio.CancelledError() | ConnectionError():
            return "cancelled"
        case ApiError(status=429 | 503):
            return "overloaded"
        case ApiError(status=status) if status < 500:
            return "invalid"
        case _:
            return "error"
