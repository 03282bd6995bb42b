"""What two scrapes make of a histogram."""

from __future__ import annotations

import math

import pytest

from llmdeploy.serving.metrics.exposition import Exposition
from llmdeploy.serving.rollout.latencies import Buckets, Samples, merged

BEFORE = {0.1: 10.0, 0.5: 30.0, math.inf: 31.0}
AFTER = {0.1: 12.0, 0.5: 40.0, math.inf: 42.0}


def test_what_came_between_two_scrapes() -> None:
    between = Buckets.between(BEFORE, AFTER, 6.0, 9.0)
    assert between == Buckets(bounds=(0.1, 0.5), counts=(2, 8, 1), sum=3.0)


def test_a_restarted_replica_counts_from_nothing() -> None:
    assert Buckets.between(AFTER, BEFORE, 9.0, 6.0) == Buckets(bounds=(0.1, 0.5), counts=(10, 20, 1), sum=6.0)


def test_two_scrapes_of_an_engine() -> None:
    text = """# TYPE vllm:time_to_first_token_seconds histogram
vllm:time_to_first_token_seconds_bucket{{le="0.1"}} {}
vllm:time_to_first_token_seconds_bucket{{le="0.25"}} {}
vllm:time_to_first_token_seconds_bucket{{le="+Inf"}} {}
"""
    name = "vllm:time_to_first_token_seconds"
    before, after = (Exposition(text.format(*counts)).buckets(name) for counts in ((1, 2, 2), (4, 9, 10)))
    assert Buckets.between(before, after, 0.3, 1.5).counts == (3, 4, 1)


def test_histograms_of_replicas_add_up() -> None:
    one = Buckets(bounds=(0.1, 0.5), counts=(1, 2, 3), sum=4.0)
    assert merged([one, one]) == Buckets(bounds=(0.1, 0.5), counts=(2, 4, 6), sum=8.0)
    with pytest.raises(ValueError, match="the same bounds"):
        merged([one, Buckets(bounds=(0.1,), counts=(1, 2), sum=1.0)])
    with pytest.raises(ValueError, match="of one kind"):
        merged([one, Samples(values=(0.1,))])


@pytest.mark.parametrize("bounds", [(0.5, 0.1), (0.1, math.inf), (0.1, 0.1)])
def test_bounds_rise_and_are_finite(bounds: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="bounds must rise"):
        Buckets(bounds=bounds, counts=(1, 1, 1), sum=1.0)
