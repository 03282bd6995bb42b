"""Looks at a region in a cloud: a minute each, in order, whenever the cloud tells about it."""

from __future__ import annotations

import pytest
from tests.infra.fleet.world import AWS
from tests.infra.rollout.clouds.sky import CANARY, FACTS, FIRST, STABLE, START, Sky, minute, plan

from llmdeploy.infra.preflight.clouds.errors import Denied, NoAnswer, Rejected
from llmdeploy.infra.rollout.bake import Bake
from llmdeploy.infra.rollout.events import Event, Judged, Watching
from llmdeploy.infra.rollout.watch import Watch
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.rollout.criteria import Criteria
from llmdeploy.serving.rollout.moves import begun
from llmdeploy.serving.rollout.progress import Progress

NO_ANSWER = NoAnswer("cloudwatch:GetMetricData", "Throttling")


def step(percent: int = 25) -> Progress:
    return begun(2, plan(), plan(), (AWS,), None).model_copy(
        update={"steps": (percent, 100), "phase": "shift"}
    )


def baked(sky: Sky, events: list[Event], percent: int = 25) -> Judged | None:
    """A step of ten minutes, watched as `rollout` does."""
    bake = Bake(Criteria(bake=600, max_bake=1800), events.append)
    return bake.step({AWS: sky.looks(percent)}, step(percent), looks_of_all=2, gates={}, wait=sky.wait)


def test_nothing_is_asked_before_a_minute_can_be_known() -> None:
    sky = Sky()
    look = sky.looks()
    assert look().at == FIRST
    sky.wait(119)
    assert look().at == FIRST
    assert sky.asked == []


def test_each_look_is_a_minute_later_also_when_the_cloud_tells_several_at_once() -> None:
    sky = Sky()
    look = sky.looks()
    look()
    sky.wait(330)
    assert [look().at - FIRST for _ in range(5)] == [60, 120, 180, 180, 180]


def test_the_first_replica_has_the_counts_of_its_version_and_the_others_stand_for_its_size() -> None:
    sky = Sky(canary=lambda begin: minute(50, failed=5, lost=3), healthy=(1, 0))
    watch = Watch(sky.looks())
    sky.wait(330)
    for _ in range(3):
        watch.look()
    stable, canary = watch.stable(), watch.canary()
    assert stable is not None
    assert canary is not None
    assert (stable.replicas, canary.replicas) == (2, 1)
    assert [(each.seconds, each.requests, each.failed) for each in stable.slices] == [(60, 100, 0)] * 3
    assert [(each.seconds, each.requests, each.failed) for each in canary.slices] == [(60, 50, 8)] * 3
    assert (stable.unavailable, canary.unavailable) == (0.5, 1.0)
    assert canary.whole.ttft is not None
    assert (canary.whole.ttft.count, round(canary.whole.ttft.sum, 6)) == (3 * 42, 25.2)


def test_what_is_told_late_of_a_minute_comes_with_the_next_look() -> None:
    sky = Sky()
    whole = {"until": 0}
    sky.canary = lambda begin: minute(50 if begin < whole["until"] else 10)
    watch = Watch(sky.looks())
    sky.wait(210)
    watch.look()
    whole["until"] = FIRST + 60
    sky.wait(60)
    watch.look()
    canary = watch.canary()
    assert canary is not None
    assert [each.requests for each in canary.slices] == [10, 50]


def test_what_is_taken_back_does_not_look_like_a_replica_that_began_anew() -> None:
    sky = Sky()
    watch = Watch(sky.looks())
    sky.wait(210)
    watch.look()
    sky.canary = lambda begin: minute(10)
    sky.wait(60)
    watch.look()
    canary = watch.canary()
    assert canary is not None
    assert [each.requests for each in canary.slices] == [50, 10]


def test_a_minute_that_nobody_tells_about_had_no_requests() -> None:
    sky = Sky(canary=lambda begin: None)
    look = sky.looks()
    look()
    sky.wait(300)
    assert look().at == FIRST
    sky.wait(120)
    found = look()
    assert (found.at, found.canary[CANARY[0]].counts.begun) == (FIRST + 60, 0)


def test_before_the_canary_has_traffic_the_last_minutes_of_the_old_version_are_looked_at() -> None:
    sky = Sky()
    bake = Bake(Criteria(), lambda event: None)
    bake.usual({AWS: sky.looks(percent=0)}, sky.wait)
    assert sky.asked[0][0] == FIRST - 60 - 600
    assert bake._usual[AWS].ttft_p95 == 0.2


def test_a_good_canary_passes_after_its_bake_and_the_delay() -> None:
    sky, events = Sky(), []
    assert baked(sky, events) is None
    judged = [each.verdict for each in events if isinstance(each, Judged)]
    assert [(each.decision, each.reason) for each in judged] == [("pass", "as-good")]
    assert 600 < sky.now - START < 600 + 60 + 90 + 60


@pytest.mark.parametrize(
    ("canary", "metric"),
    [
        (minute(50, failed=10), "failed requests"),
        (minute(50, lost=10), "failed requests"),
        (minute(50, seconds=0.9), "ttft mean"),
    ],
    ids=["errors", "no answers", "slow"],
)
def test_a_bad_canary_is_found_within_the_fewest_minutes_that_say_so(canary, metric) -> None:
    sky, events = Sky(canary=lambda begin: canary), []
    judged = baked(sky, events)
    assert judged is not None
    assert metric in [row.metric for row in judged.verdict.violated]
    assert sky.now - START < 5 * 60 + 240


def test_a_canary_whose_replicas_are_not_healthy_goes_back() -> None:
    sky, events = Sky(healthy=(2, 0)), []
    judged = baked(sky, events)
    assert judged is not None
    assert "unavailable" in [row.metric for row in judged.verdict.violated]


def test_looks_that_fail_now_and_then_do_no_harm() -> None:
    sky, events = Sky(troubles=[]), []
    looks = sky.looks()
    calls = iter(range(10_000))

    def troubled():
        if next(calls) % 3 == 1:
            sky.troubles = [NO_ANSWER]
        return looks()

    bake = Bake(Criteria(bake=600, max_bake=1800), events.append)
    found = bake.step({AWS: troubled}, step(), looks_of_all=2, gates={}, wait=sky.wait)
    assert found is None
    watched = [each.canary for each in events if isinstance(each, Watching)]
    assert watched[-1] == 10 * 50


def test_a_cloud_that_does_not_answer_any_more_ends_it_with_an_error() -> None:
    sky = Sky()
    looks = sky.looks()
    looks()
    sky.troubles = [NO_ANSWER] * 100
    sky.wait(300)
    borne = [looks().at for _ in range(19)]
    assert set(borne) == {FIRST}
    with pytest.raises(LlmdeployError) as ended:
        looks()
    assert str(ended.value) == (
        "aws/us-east-1 cannot be watched, its traffic stays as it is: "
        "no answer from cloudwatch:GetMetricData (Throttling); see that the network reaches it, and try again"
    )
    assert len(sky.asked) == 20


@pytest.mark.parametrize(
    "trouble", [Denied("aws", "cloudwatch:GetMetricData"), Rejected("cloudwatch:GetMetricData", "HTTP 400")]
)
def test_what_asking_again_does_not_mend_is_said_at_once(trouble) -> None:
    sky = Sky()
    looks = sky.looks()
    looks()
    sky.wait(300)
    sky.troubles = [trouble]
    with pytest.raises(type(trouble)):
        looks()


def test_the_first_look_is_tried_again_and_then_fails() -> None:
    sky = Sky(troubles=[NO_ANSWER] * 2)
    assert sky.looks()().stable[STABLE[0]].serving
    assert sky.slept == 10
    sky.troubles = [NO_ANSWER] * 3
    with pytest.raises(NoAnswer):
        sky.looks()()


def test_a_region_with_one_version() -> None:
    sky = Sky()
    facts = {key: value for key, value in FACTS.items() if key != "beside"}
    watch = Watch(sky.looks(facts=facts))
    sky.wait(300)
    watch.look()
    stable = watch.stable()
    assert stable is not None
    assert stable.whole.requests == 100
    assert watch.canary() is None


def test_where_nobody_counts_health_alone_is_seen() -> None:
    found = Sky(healthy=(1, 1)).looks(counted=False)()
    assert [each.serving for each in found.stable.values()] == [True, False]
    assert [(each.serving, each.counts.begun) for each in found.canary.values()] == [(True, 0)]
