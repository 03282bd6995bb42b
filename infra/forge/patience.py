"""How long a job waits for a forge that is not well."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from llmdeploy.infra.forge.failure import Failure

T = TypeVar("T")

_FIRST_WAIT_S: Final = 1.0
_LONGEST_WAIT_S: Final = 16.0
_REQUEST_S: Final = 15.0


class Patience:
    """Asks again after failures that can pass, until so many seconds are lost, over all questions together.

    Args:
        forge: whom it asks, for people.
        seconds: how many may be lost to failing attempts and to waits.
        tell: is told of every wait, a line each.
        clock: seconds that only grow; `now` is Unix time; `sleep` waits.
    """

    def __init__(
        self,
        forge: str,
        seconds: float,
        tell: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._forge, self._left, self._tell = forge, seconds, tell
        self._clock, self._now, self._sleep = clock, now, sleep
        self.request_s = max(1, int(min(_REQUEST_S, seconds / 3)))
        """What a request may take, in whole seconds."""

    def ask(
        self, what: str, question: Callable[[], T], failure_of: Callable[[Exception], Failure | None]
    ) -> T:
        """The answer. `what` says for people what is asked for; `failure_of` knows the client's exceptions.

        Raises:
            ForgeForbidden: the token may not do that.
            Gone: there is no such thing.
            ForgeUnusable: it failed for good, or patience ended.
        """
        backoff = _FIRST_WAIT_S
        while True:
            begun = self._clock()
            try:
                return question()
            except Exception as error:
                failure = failure_of(error)
                if failure is None:
                    raise
                self._left -= self._clock() - begun
                wait = failure.wait_s(self._now())
                if wait is None or not self._has_time(max(wait, backoff)):
                    raise failure.error(self._forge, what) from error
            self._rest(what, failure, max(wait, backoff))
            backoff = min(2 * backoff, _LONGEST_WAIT_S)

    def _has_time(self, wait: float) -> bool:
        """Whether there is time for the wait, and for a request that hangs after it."""
        return wait + self.request_s <= self._left

    def _rest(self, what: str, failure: Failure, seconds: float) -> None:
        self._tell(f"{self._forge}: {what}: {failure}; asking again in {seconds:.0f} s")
        self._sleep(seconds)
        self._left -= seconds
