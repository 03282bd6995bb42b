"""How long calls take and how often they are refused: the faults that are about time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from llmdeploy.infra.simulate.errors import CloudError
from llmdeploy.infra.simulate.faults import Faults

_FIRST_PAUSE_S: Final = 0.05
_LONGEST_PAUSE_S: Final = 1.0
_LONGEST_S: Final = {"create": 600.0, "update": 600.0, "delete": 600.0}
"""How long the providers wait for most resources where the program does not say."""
_THROTTLED: Final = {
    "aws": "Throttling: Rate exceeded",
    "azure-native": 'autorest/azure: Service returned an error. Status=429 Code="TooManyRequests"',
    "gcp": "googleapi: Error 429: Quota exceeded for quota metric 'Queries', rateLimitExceeded",
}
_POLL_S: Final = 0.2

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation on one resource.

    Attributes:
        timeout_s: how long the program lets it take; 0: as the provider does.
        tell: takes a line for the user while it goes on.
        cancelled: set when the user stops the run.
    """

    operation: str
    token: str
    name: str
    region: str
    timeout_s: float
    tell: Tell
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def patience_s(self) -> float:
        """How long it may take."""
        return self.timeout_s or _LONGEST_S[self.operation]


async def go_through(faults: Faults, call: Call) -> None:
    """Let the faults happen that are set for the call. Raises CloudError: it fails or takes too long."""
    await _past_throttling(faults, call)
    seconds = faults.seconds("slow", call.token, call.name, call.region)
    if seconds:
        await _wait(call, seconds)
    if faults.strike("fail", call.token, call.name, call.region):
        raise CloudError(
            "InternalError" if call.token.startswith("aws:") else "backendError",
            "An internal error has occurred. (A fault of the simulation.)",
        )


async def starting(call: Call, seconds: float, pace: float) -> None:
    """Wait while what was made starts.

    Args:
        seconds: by its own clock.
        pace: seconds of that clock in one of ours.
    """
    call.tell(f"still creating; it takes {seconds / 60:g} simulated minutes")
    await _pause(call, seconds / pace)


async def until_seen(call: Call, look: Callable[[], list[tuple[str, str]]]) -> None:
    """Try again while something is not seen yet, as the providers do. Raises CloudError: it stays so."""
    began = time.monotonic()
    while missing := look():
        if time.monotonic() - began > call.patience_s:
            raise CloudError(*missing[0])
        call.tell(f"{missing[0][0]}: not seen yet, trying again")
        await _pause(call, _POLL_S)


async def _past_throttling(faults: Faults, call: Call) -> None:
    pause, tries = _FIRST_PAUSE_S, 0
    while faults.strike("throttle", call.token, call.name, call.region):
        tries += 1
        call.tell(f"{_THROTTLED[call.token.partition(':')[0]]}; attempt {tries}, again in {pause:g} s")
        await _pause(call, pause)
        pause = min(pause * 2, _LONGEST_PAUSE_S)


async def _wait(call: Call, seconds: float) -> None:
    await _pause(call, min(seconds, call.patience_s))
    if seconds > call.patience_s:
        raise CloudError(
            "",
            (
                "timeout while waiting for state to become 'available' (last state: 'pending', "
                f"timeout: {call.patience_s:g}s)"
            ),
        )


async def _pause(call: Call, seconds: float) -> None:
    """Wait. Raises CloudError: the user stops the run first."""
    try:
        await asyncio.wait_for(call.cancelled.wait(), seconds)
    except TimeoutError:
        return
    raise CloudError("", "context canceled")
