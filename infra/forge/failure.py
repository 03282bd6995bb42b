"""Why a forge did not do what it was asked for, and whether asking again can help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from llmdeploy.infra.forge.errors import ForgeForbidden, ForgeUnusable, Gone

_RATE_LIMIT_S: Final = 60.0
"""How long GitHub wants to be left alone when it names no time."""

_PASSING: Final = (408, 429)


@dataclass(frozen=True, slots=True)
class Failure:
    """One answer that was none. `status` is HTTP's; None without an answer. Header names are lower."""

    said: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.said}".strip() if self.status else self.said

    def wait_s(self, now: float) -> float | None:
        """Seconds to wait at least before asking again; None when that does not help. `now` is Unix time."""
        if self.status is None or self.status >= 500 or self.status in _PASSING:
            return self._named_wait_s(now) or 0.0
        if self.status == 403 and self._is_rate_limit:
            return self._named_wait_s(now) or _RATE_LIMIT_S
        return None

    def error(self, forge: str, what: str) -> ForgeUnusable:
        """What to raise for it."""
        problem = f"{forge}: {what}: {self}"
        if self.status == 401:
            return ForgeForbidden(problem, "give the job a token that is valid")
        if self.status == 403 and not self._is_rate_limit:
            return ForgeForbidden(problem, "give the job's token the permission; a fork's run gets none")
        if self.status in (404, 410):
            return Gone(problem, "look whether it still exists, and whether the token may see it")
        if self.wait_s(0) is None:
            return ForgeUnusable(problem)
        return ForgeUnusable(problem, f"run the job again when {forge} is well")

    @property
    def _is_rate_limit(self) -> bool:
        return (
            "retry-after" in self.headers
            or self.headers.get("x-ratelimit-remaining") == "0"
            or "rate limit" in self.said.lower()
        )

    def _named_wait_s(self, now: float) -> float | None:
        after = self.headers.get("retry-after", "")
        if after.isdigit():
            return float(after)
        reset = self.headers.get("x-ratelimit-reset", self.headers.get("ratelimit-reset", ""))
        # Which part of that second it is, nobody knows.
        return max(0.0, int(reset) - now) + 1 if self._names_reset(reset) else None

    def _names_reset(self, reset: str) -> bool:
        """GitHub sends the time of the reset with every answer; it matters when nothing remains."""
        return reset.isdigit() and (self.status == 429 or self.headers.get("x-ratelimit-remaining") == "0")


class Refused(Exception):
    """Carries a failure out of an HTTP client, up to where patience is."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(str(failure))
