"""What an evacuation comes to, and when it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.infra.evacuation.plans import outputs_of, plan_of

from llmdeploy.infra.evacuation import EvacuationRefused, ask_for
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.moves import begun
from llmdeploy.serving.rollout.record import Record

A, B, C = "local/a", "local/b", "local/c"


def evacuated(plan: Plan) -> list[str]:
    return [region.name for region in plan.regions if region.evacuated]


@pytest.mark.parametrize("name", [A, "a"])
def test_out(tmp_path: Path, name: str) -> None:
    plan = plan_of(tmp_path, A, B, C)
    asked = ask_for(plan, outputs_of(plan), name, back=False)
    assert (asked.region.name, asked.takers, asked.already, asked.bound) == (A, (B, C), False, ())
    assert evacuated(asked.plan) == [A]
    assert asked.plan.region(B) == plan.region(B)


def test_those_that_are_evacuated_stay_so(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, A, B, C)
    asked = ask_for(plan, outputs_of(plan, C), A, back=False)
    assert (evacuated(asked.plan), asked.takers) == ([A, C], (B,))
    back = ask_for(plan, outputs_of(plan, A, C), C, back=True)
    assert (evacuated(back.plan), back.already) == ([A], False)


def test_already(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, A, B)
    assert ask_for(plan, outputs_of(plan, A), A, back=False).already
    assert ask_for(plan, outputs_of(plan), A, back=True).already


def test_residency_that_stays(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, A, B, C, more=f"residency: {{eu: [{A}, {B}], us: [{C}]}}")
    assert ask_for(plan, outputs_of(plan), A, back=False).bound == ()
    assert ask_for(plan, outputs_of(plan, B), A, back=False).bound == ("eu",)
    assert ask_for(plan, outputs_of(plan), C, back=False).bound == ("us",)


def test_what_is_up_is_evacuated_whatever_the_spec_says_by_now(tmp_path: Path) -> None:
    up = plan_of(tmp_path, A, B)
    changed = plan_of(tmp_path, A, B, C, more="routing: {policy: failover}")
    asked = ask_for(changed, outputs_of(up, record=Record().brought(up, {})), A, back=False)
    assert asked.plan.spec_digest == up.spec_digest
    assert [region.name for region in asked.plan.regions] == [A, B]
    assert asked.plan.gateway.policy == "nearest"
    assert evacuated(asked.plan) == [A]


REFUSED = {
    "unknown": ((A, B), (), "local/c", "chat has no region 'local/c'; did you mean local/b?"),
    "the only one": (
        (A,),
        (),
        A,
        "local/a is the last region of chat that takes requests; add a region to the spec first",
    ),
    "the last one": (
        (A, B),
        (B,),
        A,
        (
            "local/a is the last region of chat that takes requests: evacuated already: local/b; "
            "bring one of them back with --back first"
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(tmp_path: Path, case: str) -> None:
    regions, gone, name, message = REFUSED[case]
    plan = plan_of(tmp_path, *regions)
    with pytest.raises(EvacuationRefused) as refused:
        ask_for(plan, outputs_of(plan, *gone), name, back=False)
    assert str(refused.value) == message


def test_refused_when_another_spec_is_up_and_its_plan_is_not_known(tmp_path: Path) -> None:
    up, changed = plan_of(tmp_path, A, B), plan_of(tmp_path, A, B, C)
    with pytest.raises(EvacuationRefused) as refused:
        ask_for(changed, outputs_of(up), A, back=False)
    assert "the spec has changed since chat was brought up" in str(refused.value)
    assert "llmdeploy up" in refused.value.mend


def test_refused_in_the_middle_of_a_rollout(tmp_path: Path) -> None:
    stable = plan_of(tmp_path, A, B)
    target = plan_of(tmp_path, A, B, more="scaling: {min: 1, max: 1}")
    record = Record().brought(stable, {})
    record = record.rolling(begun(2, stable, target, (A,), None))
    with pytest.raises(EvacuationRefused) as refused:
        ask_for(target, outputs_of(stable, record=record), A, back=False)
    assert refused.value.problem.startswith("a rollout of chat is under way (local/a: ")
