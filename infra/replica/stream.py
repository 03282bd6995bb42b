"""Server-sent events of the engine: cut apart, and read for what they say about tokens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


class EventSplitter:
    """Cuts a stream of bytes into whole events, each with its closing empty line."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[bytes]:
        """The events that `chunk` completes."""
        *events, self._rest = (self._rest + chunk).split(b"\n\n")
        return [event + b"\n\n" for event in events]


@dataclass(frozen=True, slots=True)
class Timings:
    """What the engine says of a finished answer. Milliseconds and tokens."""

    prompt_tokens: int
    generated_tokens: int
    prompt_ms: float
    generation_ms: float

    @classmethod
    def of(cls, body: dict[str, Any]) -> Timings | None:
        """From llama.cpp's `timings`, which ends every answer; None where the answer goes on."""
        timings = body.get("timings")
        if not isinstance(timings, dict):
            return None
        return cls(
            prompt_tokens=timings["cache_n"] + timings["prompt_n"],
            generated_tokens=timings["predicted_n"],
            prompt_ms=timings["prompt_ms"],
            generation_ms=timings["predicted_ms"],
        )


@dataclass(frozen=True, slots=True)
class EventContent:
    """What one event tells: whether it carries a token, ends in an error, or closes with timings."""

    token: bool = False
    error: bool = False
    timings: Timings | None = None


def read_event(event: bytes) -> EventContent:
    """Read one event of a chat or text completion."""
    if not event.startswith(b"data: {"):
        return EventContent()
    body = json.loads(event[len(b"data: ") :])
    if "error" in body:
        return EventContent(error=True)
    return EventContent(
        token=any(_carries_token(choice) for choice in body["choices"]), timings=Timings.of(body)
    )


def _carries_token(choice: dict[str, Any]) -> bool:
    delta = choice.get("delta")
    if delta is None:
        return bool(choice.get("text"))
    return any(delta.get(key) for key in ("content", "reasoning_content", "tool_calls"))
