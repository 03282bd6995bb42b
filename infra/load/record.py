"""What one client saw of one request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["ok", "status", "connection", "timeout", "broken"]
"""How a request ended: answered whole; refused by a status of 400 or more; no answer because the connection
failed; no end in time; or a begun answer that broke off."""


@dataclass(frozen=True, slots=True)
class Record:
    """One request. Times are seconds of `time.monotonic`."""

    number: int
    stream: bool
    start: float
    end: float
    outcome: Outcome
    first_token: float | None = None
    """When the first piece of a stream arrived; None when none did, or for a whole answer."""
    status: int | None = None
    region: str | None = None
    replica: str | None = None
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether the client got its whole answer."""
        return self.outcome == "ok"

    @property
    def latency_s(self) -> float:
        """Seconds from sending to the end of the answer."""
        return self.end - self.start

    @property
    def ttft_s(self) -> float | None:
        """Seconds from sending to the first piece of a stream."""
        return None if self.first_token is None else self.first_token - self.start

    @property
    def begun_stream(self) -> bool:
        """Whether the client had got the beginning of a stream: nobody can repeat such a request for it."""
        return self.stream and self.first_token is not None
