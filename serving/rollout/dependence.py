"""Requests of one burst fare alike, so they say less than as many independent ones: how much less?

Rao and Scott, A simple method for the analysis of clustered binary data, Biometrics 48(2), 1992: divide the
counts by the design effect 1 + (m − 1) ρ, then use the usual tests. ρ, the correlation within a block of
time, is estimated by the analysis of variance (Ridout, Demétrio and Firth, Biometrics 55(1), 1999).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from llmdeploy.serving.rollout.hits import Hits, total

LEAST_BLOCKS = 5
"""With fewer, correlation cannot be told from chance."""


def correlation(blocks: Sequence[Hits]) -> float | None:
    """ρ, from 0 to 1, of requests in the same block; None where it cannot be told."""
    filled = [block for block in blocks if block.of]
    hits, of = total(filled)
    if len(filled) < LEAST_BLOCKS or of <= len(filled):
        return None
    share = hits / of
    between = sum(n * (a / n - share) ** 2 for a, n in filled) / (len(filled) - 1)
    within = sum(a * (n - a) / n for a, n in filled) / (of - len(filled))
    size = (of - sum(n * n for _, n in filled) / of) / (len(filled) - 1)
    rest = between + (size - 1) * within
    return min(1.0, max(0.0, (between - within) / rest)) if rest > 0 else 0.0


def design_effect(blocks: Sequence[Hits], rho: float) -> float:
    """How many requests say as much as one independent one; never below 1."""
    of = total(blocks).of
    size = sum(block.of**2 for block in blocks) / of if of else 1.0
    return max(1.0, 1 + (size - 1) * rho)


@cache
def uncertainty(blocks: int, alpha: float) -> float:
    """What the design effect is multiplied by because it is itself an estimate from a few blocks.

    Student's t takes the place of the normal distribution, as in the method of batch means.
    """
    from scipy.stats import norm, t

    return float((t.isf(alpha, blocks - 1) / norm.isf(alpha)) ** 2)


def persistence(figures: Sequence[float]) -> float:
    """How many blocks say as much as one, because a burst outlasts a block; never below 1.

    (1 + r) / (1 − r) with r the correlation of neighbours, that of an autoregressive series (Bayley and
    Hammersley, Supplement to the Journal of the Royal Statistical Society 8(2), 1946). A series of n figures
    shows about 1 / n too little of r.
    """
    count, middle = len(figures), math.fsum(figures) / len(figures)
    rest = [figure - middle for figure in figures]
    whole = math.fsum(each * each for each in rest)
    if whole <= 0:
        return 1.0
    r = math.fsum(a * b for a, b in pairwise(rest)) / whole + 1 / count
    return (1 + r) / (1 - r) if (r := min(r, 0.9)) > 0 else 1.0


def thinned(blocks: Sequence[Hits], effect: float) -> Hits:
    """The counts as if requests were independent, rounded down."""
    hits, of = total(blocks)
    return Hits(math.floor(hits / effect), math.floor(of / effect))
