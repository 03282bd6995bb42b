"""What a cloud tells of a version: counts by the minute, some minutes late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, Final, Protocol

from llmdeploy.infra.status.envoy_view import HostCounts
from llmdeploy.serving.metrics.cumulative import Cumulative

MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Minute:
    """Requests that ended in one minute.

    Args:
        answered: with less than 500.
        failed: with 500 or more.
        lost: without an answer.
        buckets: how many took at most so many seconds and more than the bound before, by bound, infinity
            among them.
        seconds: that all of those took.
    """

    answered: int = 0
    failed: int = 0
    lost: int = 0
    buckets: Mapping[float, float] = field(default_factory=dict)
    seconds: float = 0.0

    def at_least(self, before: Minute) -> Minute:
        """With nothing less than what was told of the minute before: what comes late is added, and what is
        taken back would look like a replica that began anew.
        """
        bounds = self.buckets.keys() | before.buckets.keys()
        return Minute(
            max(self.answered, before.answered),
            max(self.failed, before.failed),
            max(self.lost, before.lost),
            {bound: max(self.buckets.get(bound, 0), before.buckets.get(bound, 0)) for bound in bounds},
            max(self.seconds, before.seconds),
        )


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a version.

    Args:
        minutes: by the second of the epoch at which each began; one without requests may be missing.
        until: the end of the last minute that was told about; None: none was.
    """

    minutes: Mapping[int, Minute] = field(default_factory=dict)
    until: int | None = None


class Monitoring(Protocol):
    """The monitoring of one account of one cloud. A call may take seconds."""

    @property
    def soonest_s(self) -> int:
        """How long after its end a minute is not yet asked for."""

    def tell(
        self, location: str, versions: Sequence[Mapping[str, Any]], start: int, end: int
    ) -> Sequence[Told]:
        """What there is of each version.

        Args:
            location: the region as its cloud names it.
            versions: the stack's facts of each.
            start: of the first minute, in seconds since the epoch.
            end: of the last one.

        Raises:
            FactsUnusable: the facts are not those of a version in this cloud.
            CloudUnasked: the cloud does not answer.
        """


def utc(seconds: int) -> str:
    """A second of the epoch, as clouds want times in their queries."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def counts_of(minutes: Iterable[Minute]) -> HostCounts:
    """All of them together, as a gateway counts."""
    found = list(minutes)
    answered, failed = sum(each.answered for each in found), sum(each.failed for each in found)
    return HostCounts(answered + failed + sum(each.lost for each in found), answered, failed)


def durations_of(minutes: Iterable[Minute]) -> Cumulative | None:
    """All of them together; None where no minute has a figure. Minutes in other buckets than the first are
    left out.
    """
    measured = [each for each in minutes if each.buckets]
    if not measured:
        return None
    bounds = sorted(measured[0].buckets)
    alike = [each for each in measured if sorted(each.buckets) == bounds]
    counts = accumulate(sum(each.buckets[bound] for each in alike) for bound in bounds)
    return Cumulative(dict(zip(bounds, counts, strict=True)), sum(each.seconds for each in alike))
