"""Histograms as engines give them: cumulative counts since they started."""

from __future__ import annotations

from dataclasses import dataclass, field

from llmdeploy.serving.metrics.exposition import Exposition
from llmdeploy.serving.metrics.places import Place


@dataclass(frozen=True, slots=True)
class Cumulative:
    """A histogram of seconds: how many took at most so long, by bound (infinity among them), and the sum."""

    buckets: dict[float, float] = field(default_factory=dict)
    sum: float = 0.0


def cumulative(scrape: Exposition, places: tuple[Place, ...]) -> Cumulative | None:
    """The first of the places that the scrape has; None where it has none."""
    for place in places:
        buckets = scrape.buckets(place.name)
        if buckets:
            unit = 1000 if place.milliseconds else 1
            in_seconds = {bound / unit: count for bound, count in buckets.items()}
            return Cumulative(in_seconds, (scrape.total(f"{place.name}_sum", {}) or 0) / unit)
    return None
