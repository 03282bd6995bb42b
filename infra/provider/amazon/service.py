"""A control interface of AWS as a resource speaks it: tries again, and errors that say the mend."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, Protocol

from llmdeploy.infra.provider.amazon.refusal import Words, refusal, tries_again
from llmdeploy.infra.provider.errors import Cancelled
from llmdeploy.infra.provider.work import Work

TRIES: Final = 6
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
"""Seconds. What is refused for longer than six tries is a fault to be told."""


class Amazon(Protocol):
    """What a resource needs of AWS."""

    def call(self, location: str, operation: str, work: Work, **asked: Any) -> dict[str, Any]:
        """Ask the service in a region, by the name that boto3 has for the operation.

        Raises:
            ServiceRefused: AWS says no, or nothing. `status` is the HTTP status, 0 without an answer.
            Cancelled: the user interrupted between two tries.
        """


class AmazonService:
    """A service by boto3's clients.

    Args:
        client: makes the one of a region.
        words: what is said of its refusals.
    """

    def __init__(self, client: Callable[[str], Any], words: Words) -> None:
        self._make, self._made, self._words = client, dict[str, Any](), words
        self._lock = threading.Lock()

    def call(self, location: str, operation: str, work: Work, **asked: Any) -> dict[str, Any]:
        """See `Amazon.call`."""
        from botocore.exceptions import BotoCoreError, ClientError

        pause = FIRST_PAUSE_S
        for last in (False,) * (TRIES - 1) + (True,):
            try:
                found: dict[str, Any] = getattr(self._client(location), operation)(**asked)
            except (BotoCoreError, ClientError) as error:
                if last or not tries_again(self._words, error):
                    raise refusal(self._words, location, operation, error) from error
            else:
                return {key: value for key, value in found.items() if key != "ResponseMetadata"}
            work.report(f"{self._words.service} in {location} asks for patience, again in {pause:.0f} s")
            if work.cancelled.wait(pause):
                raise Cancelled("interrupted while waiting", "run the same command again to go on")
            pause = min(2 * pause, LONGEST_PAUSE_S)
        raise AssertionError("the last try returns or raises")

    def _client(self, location: str) -> Any:
        # boto3 makes clients one at a time.
        with self._lock:
            if location not in self._made:
                self._made[location] = self._make(location)
            return self._made[location]
