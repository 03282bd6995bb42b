"""How many requests of how many failed or were slow, block by block of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from llmdeploy.serving.rollout.window import Timing, Window


class Hits(NamedTuple):
    """Of `of` requests, `hits` failed or were slow."""

    hits: int
    of: int


def failures(window: Window) -> list[Hits]:
    """Those that failed."""
    return [Hits(block.failed, block.requests) for block in window.blocks]


def slower_than(seconds: float, window: Window, timing: Timing) -> list[Hits]:
    """Those that certainly took longer, of those that were measured."""
    measured = [found for block in window.blocks if (found := block.latencies(timing)) is not None]
    return [Hits(found.above(seconds), found.count) for found in measured]


def total(blocks: Sequence[Hits]) -> Hits:
    """All blocks together."""
    return Hits(sum(block.hits for block in blocks), sum(block.of for block in blocks))
