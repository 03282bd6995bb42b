"""Reads Prometheus' text format, by metric name and labels."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families


@dataclass(frozen=True, slots=True)
class Sample:
    """One line of an exposition."""

    labels: Mapping[str, str]
    value: float


class Exposition:
    """The samples of one scrape."""

    def __init__(self, text: str) -> None:
        self._samples: dict[str, list[Sample]] = defaultdict(list)
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                self._samples[sample.name].append(Sample(sample.labels, sample.value))

    def samples(self, name: str, labels: Mapping[str, str]) -> list[Sample]:
        """The samples called `name` that have `labels`."""
        # The parser appends `_total` to counters that lack it on the wire, as those of TGI and Triton do.
        found = self._samples.get(name) or self._samples.get(f"{name}_total", [])
        return [sample for sample in found if labels.items() <= sample.labels.items()]

    def total(self, name: str, labels: Mapping[str, str]) -> float | None:
        """Their sum; None when there are none."""
        found = self.samples(name, labels)
        return sum(sample.value for sample in found if not math.isnan(sample.value)) if found else None

    def by_label(self, name: str, label: str) -> Iterator[tuple[str, float]]:
        """The samples called `name`, each with its value of `label`."""
        for sample in self.samples(name, {}):
            yield sample.labels.get(label, ""), sample.value

    def buckets(self, name: str) -> dict[float, float]:
        """The cumulative counts of the histogram `name`, added up over all label sets."""
        counts: dict[float, float] = defaultdict(float)
        for sample in self.samples(f"{name}_bucket", {}):
            counts[float(sample.labels["le"])] += sample.value
        return dict(counts)
