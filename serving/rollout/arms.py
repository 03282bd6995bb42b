"""The counts of stable and canary, thinned until their requests count as independent."""

from __future__ import annotations

from collections.abc import Sequence

from llmdeploy.serving.rollout.dependence import correlation, design_effect, persistence, thinned, uncertainty
from llmdeploy.serving.rollout.hits import Hits

UNKNOWN_EFFECT = 2.0
"""The design effect of failures in too few blocks to measure it. Judgement."""


def independent_failures(stable: Sequence[Hits], canary: Sequence[Hits], spread: float) -> tuple[Hits, Hits]:
    """Failures in bursts that stable has too count less. A sick canary is told early, from few blocks.

    Args:
        spread: stable's replicas for each of the canary's. Two requests of a canary with one replica share
            it, two of stable's several replicas may not, so that the canary's are more alike.
    """
    rho = correlation(stable)
    if rho is None:
        return thinned(stable, UNKNOWN_EFFECT), thinned(canary, UNKNOWN_EFFECT)
    return _both(stable, canary, rho, spread, 1.0)


def independent_slow(
    stable: Sequence[Hits], canary: Sequence[Hits], spread: float, alpha: float
) -> tuple[Hits, Hits] | None:
    """Slow requests come in bursts even of a healthy version; None while there are too few blocks to tell."""
    rho = correlation(stable)
    if rho is None:
        return None
    shares = [block.hits / block.of for block in stable if block.of]
    return _both(stable, canary, rho, spread, uncertainty(len(shares), alpha) * persistence(shares))


def _both(
    stable: Sequence[Hits], canary: Sequence[Hits], rho: float, spread: float, more: float
) -> tuple[Hits, Hits]:
    """The correlation is stable's, so that no harm of the canary can hide behind its coming in bursts."""
    of_canary = min(1.0, rho * max(1.0, spread))
    return (
        thinned(stable, more * design_effect(stable, rho)),
        thinned(canary, more * design_effect(canary, of_canary)),
    )
