"""One scrape of an engine, in llmdeploy's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.metrics.cumulative import cumulative
from llmdeploy.serving.metrics.exposition import Exposition
from llmdeploy.serving.metrics.histogram import Histogram
from llmdeploy.serving.metrics.places import OutcomePlace, Place, names_of


class EngineMetrics(Frozen):
    """What an engine says of itself, summed over its models. None: this framework does not tell."""

    running: int | None
    """Requests that generate now."""
    waiting: int | None
    """Requests that wait for a slot."""
    prompt_tokens: int | None
    generation_tokens: int | None
    time_to_first_token: Histogram | None
    time_per_output_token: Histogram | None
    kv_cache_use: float | None
    """The part of the key-value cache in use, 0 to 1."""
    requests: dict[str, int]
    """Requests ended, by outcome: success, cancelled, error, and what else the framework counts."""


def normalise(exposition: str, framework: str) -> EngineMetrics:
    """Read `exposition` (Prometheus' text format) of `framework`: its name in a spec, or `llama.cpp`.

    Old and new spellings of a name are both understood; names that are not known are ignored.

    Raises:
        KeyError: the framework is not known.
        ValueError: the text is not in Prometheus' format.
    """
    names, scrape = names_of(framework), Exposition(exposition)
    return EngineMetrics(
        running=_count(scrape, names.running),
        waiting=_count(scrape, names.waiting),
        prompt_tokens=_count(scrape, names.prompt_tokens),
        generation_tokens=_count(scrape, names.generation_tokens),
        time_to_first_token=_histogram(scrape, names.time_to_first_token),
        time_per_output_token=_histogram(scrape, names.time_per_output_token),
        kv_cache_use=_share(scrape, names.kv_cache_use),
        requests=_outcomes(scrape, names.requests),
    )


def _first_present(scrape: Exposition, places: tuple[Place, ...]) -> tuple[Place, float] | None:
    for place in places:
        value = scrape.total(place.name, place.labels)
        if value is not None:
            return place, value
    return None


def _count(scrape: Exposition, places: tuple[Place, ...]) -> int | None:
    found = _first_present(scrape, places)
    return None if found is None else round(found[1])


def _share(scrape: Exposition, places: tuple[Place, ...]) -> float | None:
    found = _first_present(scrape, places)
    if found is None:
        return None
    place, value = found
    if place.divided_by is None:
        return value
    whole = scrape.total(place.divided_by, {})
    return value / whole if whole else None


def _histogram(scrape: Exposition, places: tuple[Place, ...]) -> Histogram | None:
    found = cumulative(scrape, places)
    return None if found is None else Histogram.of(found.buckets, found.sum)


def _outcomes(scrape: Exposition, places: tuple[OutcomePlace, ...]) -> dict[str, int]:
    counts: dict[str, float] = defaultdict(float)
    for place in places:
        for outcome, value in _counted(scrape, place):
            counts[outcome] += value
    return {outcome: round(count) for outcome, count in sorted(counts.items())}


def _counted(scrape: Exposition, place: OutcomePlace) -> Iterator[tuple[str, float]]:
    for found, value in scrape.by_label(place.name, place.label or ""):
        yield place.outcome or place.outcomes.get(found, found), value
