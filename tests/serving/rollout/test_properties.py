"""What holds for all windows: a worse canary is never judged better, an equal one never worse."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmdeploy.serving.rollout.criteria import Criteria
from llmdeploy.serving.rollout.evidence import Verdict
from llmdeploy.serving.rollout.judge import judge
from llmdeploy.serving.rollout.latencies import Buckets, Samples
from llmdeploy.serving.rollout.window import Slice, Window

BOUNDS = (0.1, 0.25, 0.5, 1.0)
EASY = Criteria(bake=1, min_requests=20, max_bake=1e6, error_rate=0.05, ttft_p95=1.0)
TIMES = st.lists(st.floats(0.01, 3), min_size=1, max_size=8).map(tuple)


@st.composite
def slices(draw: st.DrawFn, failing: bool = True) -> Slice:
    times = draw(TIMES)
    requests = draw(st.integers(0, 40))
    failed = draw(st.integers(0, requests)) if failing else 0
    values = times * draw(st.integers(1, 5))
    return Slice(seconds=10, requests=requests, failed=failed, ttft=Samples(values=values), waiting=0)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Window, Window]:
    """Stable and canary, in as many slices."""
    count = draw(st.integers(1, 25))
    both = [draw(st.lists(slices(), min_size=count, max_size=count)) for _ in range(2)]
    replicas = draw(st.integers(1, 4))
    return Window(replicas=replicas, slices=tuple(both[0])), Window(replicas=1, slices=tuple(both[1]))


def violated(verdict: Verdict) -> set[str]:
    return {row.metric for row in verdict.violated}


@settings(max_examples=60, deadline=None)
@given(pairs(), st.data())
def test_more_failures_of_the_canary_never_help_it(pair: tuple[Window, Window], data: st.DataObject) -> None:
    stable, canary = pair
    worse = tuple(
        piece.model_copy(update={"failed": data.draw(st.integers(piece.failed, piece.requests))})
        for piece in canary.slices
    )
    before, after = (judge(stable, each, EASY, 12) for each in (canary, with_slices(canary, worse)))
    assert violated(before) <= violated(after)
    assert not (before.decision == "fail" and after.decision != "fail")


@settings(max_examples=60, deadline=None)
@given(pairs(), st.floats(1, 20))
def test_a_slower_canary_is_never_judged_better(pair: tuple[Window, Window], times: float) -> None:
    stable, canary = pair
    slower = tuple(piece.model_copy(update={"ttft": stretched(piece, times)}) for piece in canary.slices)
    before, after = (judge(stable, each, EASY, 12) for each in (canary, with_slices(canary, slower)))
    assert violated(before) <= violated(after)


@settings(max_examples=60, deadline=None)
@given(pairs())
def test_a_version_is_never_worse_than_itself(pair: tuple[Window, Window]) -> None:
    relative = Criteria(bake=1, min_requests=1)
    assert judge(pair[0], pair[0], relative, 1).decision != "fail"


@settings(max_examples=60, deadline=None)
@given(pairs())
def test_two_versions_are_not_each_worse_than_the_other(pair: tuple[Window, Window]) -> None:
    relative = Criteria(bake=1, min_requests=1)
    there, back = (judge(*each, relative, 1) for each in (pair, pair[::-1]))
    assert violated(there) & violated(back) == set()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(2, 50))
def test_more_of_the_same_evidence_never_clears_a_canary(old: int, new: int, times: int) -> None:
    def fails(by: int) -> bool:
        windows = (
            Window(replicas=1, slices=(Slice(seconds=10, requests=60 * by, failed=failed * by),))
            for failed in (old, new)
        )
        return judge(*windows, EASY, 12).decision == "fail"

    assert fails(2 * times) or not fails(2)


@settings(max_examples=60, deadline=None)
@given(pairs(), st.integers(1, 500))
def test_who_looks_more_often_needs_better_grounds(pair: tuple[Window, Window], looks: int) -> None:
    often, once = (violated(judge(*pair, EASY, number)) for number in (looks, 1))
    assert often <= once


@given(TIMES, st.floats(0.01, 0.99), st.floats(0, 3))
def test_a_histogram_never_says_more_than_its_requests(
    times: tuple[float, ...], share: float, limit: float
) -> None:
    each, rough = Samples(values=times), bucketed(times)
    assert rough.above(limit) <= each.above(limit)
    assert rough.count == each.count
    edge, exact = rough.edge(share), each.edge(share)
    assert exact is not None
    assert edge is None if exact > BOUNDS[-1] else edge is not None and edge >= exact


def test_windows_that_are_not_cut_alike_cannot_be_compared() -> None:
    one = Slice(seconds=10, requests=1)
    with pytest.raises(ValueError, match="1 slices and canary 2"):
        judge(Window(replicas=1, slices=(one,)), Window(replicas=1, slices=(one, one)), EASY, 1)


def with_slices(window: Window, slices: tuple[Slice, ...]) -> Window:
    return window.model_copy(update={"slices": slices})


def stretched(piece: Slice, times: float) -> Samples:
    assert isinstance(piece.ttft, Samples)
    return Samples(values=tuple(value * times for value in piece.ttft.values))


def bucketed(times: tuple[float, ...]) -> Buckets:
    cumulative = [sum(value <= bound for value in times) for bound in BOUNDS] + [len(times)]
    counts = [after - before for before, after in zip([0, *cumulative], cumulative, strict=False)]
    return Buckets(bounds=BOUNDS, counts=tuple(counts), sum=sum(times))
