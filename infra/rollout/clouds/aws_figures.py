"""From CloudWatch's figures to minutes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TypeAlias

from llmdeploy.infra.rollout.clouds.aws_metrics import ANSWERED, BALANCER, BOUNDS, FAILED, REQUESTS
from llmdeploy.infra.rollout.clouds.minutes import MINUTE_S, Minute, Told

Figures: TypeAlias = Mapping[str, Mapping[int, float]]
"""By query: beginning of the minute → figure."""


def told(figures: Figures, versions: int, checked: int, begins: Sequence[int]) -> list[Told]:
    """What is known of each version.

    Args:
        figures: of the queries of `aws.py`.
        checked: how many target groups take the gateways' health checks.
        begins: of all minutes that were asked for.
    """
    names = [f"v{index}" for index in range(versions)]
    unanswered = [_unanswered(figures, name, begins) for name in names]
    lost = _lost(unanswered, _own_answers(figures, checked, begins))
    return [_told(figures, name, begins, gone) for name, gone in zip(names, lost, strict=True)]


def _own_answers(figures: Figures, checked: int, begins: Sequence[int]) -> list[float]:
    """From the first minute until each: the load balancer's own answers to requests. A check is over within
    seconds: one that no replica has answered, the load balancer has.
    """
    by_minute = zip(*(_series(figures, f"all_{name}", begins) for name in BALANCER), strict=True)
    checks = (_unanswered(figures, f"c{index}", begins) for index in range(checked))
    return [
        max(0.0, answers - sum(of_checks))
        for answers, *of_checks in zip(accumulate(map(sum, by_minute)), *checks, strict=True)
    ]


def _unanswered(figures: Figures, group: str, begins: Sequence[int]) -> list[float]:
    """From the first minute until each: requests that no replica has answered, be it yet or at all."""
    requests = accumulate(_series(figures, f"{group}_{REQUESTS}", begins))
    answers = accumulate(good + bad for good, bad in _ended(figures, group, begins))
    return [max(0.0, begun - done) for begun, done in zip(requests, answers, strict=True)]


def _ended(figures: Figures, version: str, begins: Sequence[int]) -> list[tuple[int, int]]:
    """By minute: how many a replica answered well, and how many badly."""
    good = zip(*(_series(figures, f"{version}_{name}", begins) for name in ANSWERED), strict=True)
    bad = _series(figures, f"{version}_{FAILED}", begins)
    return [(round(sum(each)), round(failed)) for each, failed in zip(good, bad, strict=True)]


def _lost(unanswered: Sequence[Sequence[float]], own: Sequence[float]) -> list[list[int]]:
    """By version and minute: the load balancer's own answers, laid to the versions in proportion to their
    requests that no replica has answered. Those also count what is still under way, which alone is no loss.

    Args:
        unanswered: of each version, from the first minute until each.
        own: answers of the load balancer's own, likewise.
    """
    found: list[list[int]] = [[] for _ in unanswered]
    before = [0] * len(unanswered)
    for minute, answers in enumerate(own):
        waiting = [version[minute] for version in unanswered]
        share = min(1.0, answers / sum(waiting)) if any(waiting) else 0.0
        for index, count in enumerate(waiting):
            now = max(before[index], round(count * share))
            found[index].append(now - before[index])
            before[index] = now
    return found


def _told(
    figures: Figures,
    version: str,
    begins: Sequence[int],
    lost: Sequence[int],
) -> Told:
    requests = figures.get(f"{version}_{REQUESTS}", {})
    if not requests:
        return Told()
    counts, seconds = (_series(figures, f"{version}_{name}", begins) for name in ("count", "seconds"))
    rows = (_series(figures, f"{version}_within{index}", begins) for index in range(len(BOUNDS)))
    taken_by_minute = [
        dict(buckets(within, count)) for within, count in zip(zip(*rows, strict=True), counts, strict=True)
    ]
    minutes = {
        begin: Minute(good, bad, gone, taken, total)
        for begin, (good, bad), gone, taken, total in zip(
            begins, _ended(figures, version, begins), lost, taken_by_minute, seconds, strict=True
        )
    }
    return Told(minutes, max(requests) + MINUTE_S)


def buckets(within: Sequence[float], count: float) -> Iterator[tuple[float, float]]:
    """From counts up to each bound to counts between them; nothing where nothing was measured."""
    if not count:
        return
    rising = [0.0]
    for each in (*within, count):
        rising.append(min(count, max(each, rising[-1])))
    for bound, (low, high) in zip((*BOUNDS, math.inf), pairwise(rising), strict=True):
        yield bound, high - low


def _series(figures: Figures, query: str, begins: Sequence[int]) -> list[float]:
    """A minute without a figure had none to count."""
    values = figures.get(query, {})
    return [values.get(begin, 0.0) for begin in begins]
