"""Properties of a histogram's quantiles, against observations whose true quantiles are known."""

from __future__ import annotations

import math
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmdeploy.serving.metrics import histogram_quantile

BOUNDS = st.lists(st.floats(0.001, 1000), min_size=1, max_size=12, unique=True).map(sorted)
QUANTILES = st.floats(0, 1)


@st.composite
def histograms(draw: st.DrawFn) -> dict[float, float]:
    bounds = [*draw(BOUNDS), math.inf]
    counts = draw(st.lists(st.integers(0, 50), min_size=len(bounds), max_size=len(bounds)))
    return dict(zip(bounds, map(float, accumulate(counts)), strict=True))


@given(histograms(), QUANTILES)
def test_it_lies_in_the_bucket_that_holds_the_rank(buckets: dict[float, float], quantile: float) -> None:
    value = histogram_quantile(quantile, buckets)
    if buckets[math.inf] == 0:
        assert value is None
        return
    assert value is not None
    bounds = sorted(buckets)
    holding = next(i for i, bound in enumerate(bounds) if buckets[bound] >= quantile * buckets[math.inf])
    if bounds[holding] == math.inf:
        assert value == bounds[-2]
        return
    lower = bounds[holding - 1] if holding else 0.0
    assert lower - 1e-9 <= value <= bounds[holding] + 1e-9


@given(histograms(), QUANTILES, QUANTILES)
def test_a_larger_share_never_has_a_smaller_value(buckets: dict[float, float], a: float, b: float) -> None:
    low, high = (histogram_quantile(quantile, buckets) for quantile in sorted((a, b)))
    if low is not None and high is not None:
        assert low <= high or math.isclose(low, high, rel_tol=1e-9)


@given(histograms(), QUANTILES, st.integers(2, 9))
def test_more_of_the_same_observations_change_nothing(
    buckets: dict[float, float], quantile: float, times: int
) -> None:
    more = {bound: count * times for bound, count in buckets.items()}
    one, same = histogram_quantile(quantile, buckets), histogram_quantile(quantile, more)
    if one is None or same is None:
        assert one is same
    else:
        assert same == pytest.approx(one, rel=1e-6, abs=1e-6)


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=200), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_it_is_off_by_a_bucket_at_most(observations: list[float], quantile: float) -> None:
    width = 0.01
    bounds = [round(width * step, 2) for step in range(1, 101)]
    buckets = {bound: float(sum(value <= bound for value in observations)) for bound in bounds}
    value = histogram_quantile(quantile, {**buckets, math.inf: float(len(observations))})
    rank = max(1, math.ceil(quantile * len(observations) - 1e-9))
    assert value is not None
    assert abs(value - sorted(observations)[rank - 1]) <= width + 1e-9


def test_an_example_worked_by_hand() -> None:
    buckets = {0.1: 10.0, 0.5: 30.0, 1.0: 40.0, math.inf: 42.0}
    assert histogram_quantile(0.5, buckets) == pytest.approx(0.1 + 0.4 * 11 / 20)
    assert histogram_quantile(0.1, buckets) == pytest.approx(0.042)
    assert histogram_quantile(0.99, buckets) == 1.0


def test_a_histogram_without_a_finite_bound_has_no_quantile() -> None:
    assert histogram_quantile(0.5, {math.inf: 3.0}) is None
    assert histogram_quantile(0.5, {}) is None


def test_a_share_beyond_one_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not between 0 and 1"):
        histogram_quantile(1.1, {1.0: 1.0, math.inf: 1.0})
