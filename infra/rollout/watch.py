"""Looks, put together to what the judge takes: slices of the same times for both versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from llmdeploy.infra.rollout.look import Look, ReplicaLook
from llmdeploy.infra.status.envoy_view import HostCounts
from llmdeploy.serving.metrics.cumulative import Cumulative
from llmdeploy.serving.rollout.latencies import Buckets, Latencies, merged
from llmdeploy.serving.rollout.window import Slice, Window

Seen = Mapping[str, ReplicaLook]


class Watch:
    """A region from the beginning of a step on.

    Args:
        look: takes one look.
    """

    def __init__(self, look: Callable[[], Look]) -> None:
        self._look = look
        self._looks: list[Look] = [look()]

    def look(self) -> None:
        """Take another look. One that comes with no time between is not counted."""
        seen, last = self._look(), self._looks[-1]
        if seen.at > last.at:
            self._looks.append(
                Look(seen.at, _filled(seen.stable, last.stable), _filled(seen.canary, last.canary))
            )

    def canary(self, evals: tuple[int, int] | None = None) -> Window | None:
        """The version on trial; None before the second look, or where it has no replicas.

        Args:
            evals: prompts of the quality gate that passed, and how many there were.
        """
        return self._window([(look.at, look.canary) for look in self._looks], evals)

    def stable(self) -> Window | None:
        """The region's own version, likewise."""
        return self._window([(look.at, look.stable) for look in self._looks], None)

    def _window(self, looks: Sequence[tuple[float, Seen]], evals: tuple[int, int] | None) -> Window | None:
        if len(looks) < 2 or not looks[0][1]:
            return None
        passed, total = evals if evals and evals[1] else (None, None)
        return Window(
            replicas=len(looks[0][1]),
            slices=tuple(
                _slice(late - early, before, after) for (early, before), (late, after) in pairwise(looks)
            ),
            begun=_begun(looks[0][1], looks[-1][1]),
            unavailable=_unavailable([seen for _, seen in looks[1:]]),
            restarts=_restarts(looks[0][1], looks[-1][1]),
            evals_passed=passed,
            evals_total=total,
        )


def _filled(now: Seen, last: Seen) -> Seen:
    """With the last figures of a replica that was too slow to tell: what it counted meanwhile comes with the
    next look.
    """
    return {
        name: replace(
            each,
            counts=each.counts if each.counts.begun or name not in last else last[name].counts,
            ttft=each.ttft or (last[name].ttft if name in last else None),
            tpot=each.tpot or (last[name].tpot if name in last else None),
        )
        for name, each in now.items()
    }


def _slice(seconds: float, before: Seen, after: Seen) -> Slice:
    pairs = [(before[name], now) for name, now in after.items() if name in before]
    counts = [_between(old.counts, new.counts) for old, new in pairs]
    waiting = [new.waiting for _, new in pairs if new.waiting is not None]
    memory = [new.gpu_memory for _, new in pairs if new.gpu_memory is not None]
    failed = sum(lost for _, lost in counts)
    return Slice(
        seconds=seconds,
        requests=sum(good for good, _ in counts) + failed,
        failed=failed,
        ttft=merged(list(_latencies((old.ttft, new.ttft) for old, new in pairs))),
        tpot=merged(list(_latencies((old.tpot, new.tpot) for old, new in pairs))),
        waiting=float(sum(waiting)) if waiting else None,
        gpu_memory=sum(memory) / len(memory) if memory else None,
    )


def _between(before: HostCounts, after: HostCounts) -> tuple[int, int]:
    """Requests that went well, and those that did not. Counters of another Envoy begin anew."""
    if after.begun < before.begun:
        before = HostCounts()
    good = max(0, after.succeeded - before.succeeded)
    lost = max(0, after.failed - before.failed) + max(0, after.given_up - before.given_up)
    return good, lost


def _begun(first: Seen, last: Seen) -> int:
    """Also those that it already had: clients send before the first look."""
    known = [(first[name].counts, now.counts) for name, now in last.items() if name in first]
    return sum(max(0, now.begun - before.begun) + before.active for before, now in known)


def _latencies(pairs: Iterator[tuple[Cumulative | None, Cumulative | None]]) -> Iterator[Latencies]:
    for before, after in pairs:
        if after is not None:
            start = before or Cumulative()
            yield Buckets.between(start.buckets, after.buckets, start.sum, after.sum)


def _unavailable(looks: Sequence[Seen]) -> float | None:
    seen = [replica.serving for look in looks for replica in look.values()]
    return seen.count(False) / len(seen) if seen else None


def _restarts(first: Seen, last: Seen) -> int:
    return sum(max(0, now.restarts - first[name].restarts) for name, now in last.items() if name in first)
