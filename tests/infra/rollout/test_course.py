"""The course of a rollout on a stage without replicas: what is judged, what turns it back, where it waits."""

from __future__ import annotations

import pytest
from tests.infra.rollout.fake_stage import QUICK, Behaviour, FakeStage, first_move, roll_out

from llmdeploy.infra.rollout.events import Event, Gate, Judged, Noted
from llmdeploy.infra.rollout.wish import Wish
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.rollout.progress import Ended, Progress

GOOD = [
    "local/a: new replicas start beside the old ones",
    "local/a: 50 % of the requests",
    "local/a: 100 % of the requests",
    "local/a: the new version is the region's own",
    "local/a: the old replicas go",
    "local/b: new replicas start beside the old ones",
    "local/b: 50 % of the requests",
    "local/b: 100 % of the requests",
    "local/b: the new version is the region's own",
    "local/b: the old replicas go",
]
BACK_FROM_THE_FIRST_STEP = [
    *GOOD[:2],
    "local/a: back: no request reaches the new version",
    "local/a: back: the new replicas go",
]


def test_a_good_version_serves_everywhere_in_the_end() -> None:
    stage = FakeStage()
    assert roll_out(stage) == Ended(number=2, outcome="done")
    assert stage.moves == GOOD
    assert stage.ended == Ended(number=2, outcome="done")


@pytest.mark.parametrize(
    ("canary", "ground"),
    [
        (Behaviour(errors=6), "failed requests"),
        (Behaviour(seconds=0.3), "ttft"),
        (Behaviour(serving=False), "unavailable"),
        (Behaviour(restarts=1), "restarts"),
    ],
    ids=["errors", "slow", "hangs", "crashes"],
)
def test_a_bad_version_goes_back_at_the_first_step(canary: Behaviour, ground: str) -> None:
    stage = FakeStage(canary=canary)
    ended = roll_out(stage)
    assert isinstance(ended, Ended)
    assert ended.outcome == "went back"
    assert any(line.startswith(ground) for line in ended.grounds)
    assert stage.moves == BACK_FROM_THE_FIRST_STEP


def test_a_version_that_nobody_asked_anything_is_not_let_through() -> None:
    ended = roll_out(FakeStage(canary=Behaviour(requests=0)))
    assert isinstance(ended, Ended)
    assert "the canary had 0 of 20 requests" in ended.reason


def test_once_it_stands_alone_a_version_is_held_to_what_was_usual() -> None:
    stage = FakeStage()
    alone = first_move(strategy="blue-green", steps=None)
    stage.canary = Behaviour(errors=3)
    ended = roll_out(stage, alone)
    assert isinstance(ended, Ended)
    assert ended.outcome == "went back"
    assert any(line.startswith("error_rate") for line in ended.grounds)


def test_a_copy_is_judged_and_hurts_nobody() -> None:
    stage = FakeStage(canary=Behaviour(errors=6))
    assert isinstance(roll_out(stage, first_move(strategy="shadow")), Ended)
    assert stage.declared[1].copies
    assert not any(progress.percent and not progress.copies for progress in stage.declared)


def test_the_gate_is_before_the_first_request() -> None:
    stage = FakeStage(gate=Gate("local/a", 17, 20, ("line 3: wrong",)))
    ended = roll_out(stage, criteria=QUICK.model_copy(update={"min_pass": 0.95}))
    assert isinstance(ended, Ended)
    assert ended.reason == "local/a: 17 of 20 prompts passed, 95% are asked for"
    assert ended.grounds == ("line 3: wrong",)
    assert not any(progress.percent for progress in stage.declared)


def test_a_gate_that_is_passed_counts_in_the_verdict() -> None:
    events: list[Event] = []
    stage = FakeStage(gate=Gate("local/a", 20, 20))
    roll_out(stage, criteria=QUICK.model_copy(update={"min_pass": 0.95}), events=events)
    judged = [event for event in events if isinstance(event, Judged)]
    assert all(any(row.metric == "quality" for row in event.verdict.evidence) for event in judged)


def test_replicas_that_do_not_come_up_or_do_not_answer_are_a_bad_version() -> None:
    for stage in (FakeStage(cold=True), FakeStage(fails_at=GOOD[0])):
        ended = roll_out(stage)
        assert isinstance(ended, Ended)
        assert ended.outcome == "went back"
        assert "a-green-0" in ended.reason


def test_an_update_that_fails_later_leaves_the_rollout_where_it_is() -> None:
    stage = FakeStage(fails_at=GOOD[3])
    with pytest.raises(LlmdeployError):
        roll_out(stage)
    assert stage.moves == GOOD[:3]
    stage.fails_at = ""
    assert roll_out(stage, stage.declared[-1]) == Ended(number=2, outcome="done")


@pytest.mark.parametrize("move", range(len(GOOD)))
def test_whoever_goes_on_from_any_move_finishes(move: int) -> None:
    whole = FakeStage()
    roll_out(whole)
    resumed = FakeStage()
    assert roll_out(resumed, whole.declared[move]) == Ended(number=2, outcome="done")
    assert resumed.moves == GOOD[move:]


def test_it_waits_where_it_was_paused() -> None:
    wishes: list[Wish | None] = [None] * 12 + ["pause"]
    stage = FakeStage()
    waiting = roll_out(stage, wish=lambda: wishes.pop(0) if wishes else None)
    assert isinstance(waiting, Progress)
    assert waiting.paused
    assert stage.declared[-1] == waiting
    assert stage.ended is None


def test_it_goes_back_when_that_is_asked_for() -> None:
    wishes: list[Wish | None] = [None] * 12 + ["abort"]
    stage = FakeStage()
    ended = roll_out(stage, wish=lambda: wishes.pop(0) if wishes else None)
    assert ended == Ended(number=2, outcome="went back", reason="it was asked for")
    assert stage.moves[-1] == "local/a: back: the new replicas go"


def test_a_region_without_requests_is_not_judged_by_them() -> None:
    events: list[Event] = []
    stage = FakeStage(standby=("local/b",))
    assert roll_out(stage, events=events) == Ended(number=2, outcome="done")
    assert any(isinstance(event, Noted) and event.text.startswith("local/b") for event in events)
    assert {event.region for event in events if isinstance(event, Judged)} == {"local/a"}
