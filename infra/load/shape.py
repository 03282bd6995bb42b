"""What a load consists of, and what bounds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LoadShape:
    """A closed loop of workers: each sends its next request when the last is answered.

    Args:
        url: the API's address, `http://127.0.0.1:8080/v1`.
        model: the served name.
        key: the API key; None sends none.
        workers: clients at once.
        seconds: no request starts later than this.
        requests: no more requests than this in all; None: only `seconds` bounds the load.
        stream_share: part of the requests that ask for a stream, 0 to 1, spread evenly.
        prompt_bytes: sizes of prompts, used in turn.
        max_tokens: tokens asked for in each answer.
        request_timeout_s: a request without an end by then counts as failed (`timeout`).
        pause_s: a worker's wait after a failed request, so that a dead endpoint is not flooded.
        think_s: a worker's wait after an answer, so that it asks no more than a client would.
        headers: further headers, such as a residency mark.
        body: further fields of every request's body.
        trusted: the certificates (PEM) of fronts that have signed their own; None for the public authorities.
    """

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    workers: int = 8
    seconds: float = 10.0
    requests: int | None = None
    stream_share: float = 0.5
    prompt_bytes: tuple[int, ...] = (64,)
    max_tokens: int = 16
    request_timeout_s: float = 60.0
    pause_s: float = 0.05
    think_s: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] = field(default_factory=dict)
    trusted: str | None = field(default=None, repr=False)

    @property
    def longest_s(self) -> float:
        """The load has ended by then, whatever the endpoint does."""
        return self.seconds + self.request_timeout_s

    def streams(self, number: int) -> bool:
        """Whether the request of this number asks for a stream."""
        return int((number + 1) * self.stream_share) > int(number * self.stream_share)

    def prompt(self, number: int) -> str:
        """The prompt of the request of this number; each differs, so that no cache answers."""
        size = self.prompt_bytes[number % len(self.prompt_bytes)]
        return f"{number} ".ljust(size, "a")
