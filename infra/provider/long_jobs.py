"""What takes a cloud minutes to hours: looked at ever less often, with progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from llmdeploy.infra.provider.work import Work

_FIRST_LOOK_S: Final = 0.1
_LONGER: Final = 1.5
"""Each pause against the one before it: what ends at once is seen at once, and no quota is used up."""


def looks(work: Work, timeout_s: float, longest_s: float, progress: Callable[[], str]) -> Iterator[None]:
    """Yield whenever it is time to look again, until `timeout_s` seconds have passed.

    Args:
        longest_s: seconds between two looks at most.
        progress: the line to report, about every second.

    Raises:
        Cancelled: the user interrupted.
    """
    look, pause = 0.0, _FIRST_LOOK_S
    for _ in work.ticks(timeout_s, progress):
        if time.monotonic() >= look:
            yield
            look, pause = time.monotonic() + pause, min(_LONGER * pause, longest_s)


def by_its_clock(began: datetime, told: datetime) -> str:
    """` (12 min by its own clock)`, from the first minute on: a job may be older than this run."""
    minutes = (told - began).total_seconds() / 60
    return f" ({minutes:.0f} min by its own clock)" if minutes >= 1 else ""
