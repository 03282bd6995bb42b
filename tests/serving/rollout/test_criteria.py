"""What a spec's rollout asks of a canary."""

from __future__ import annotations

from llmdeploy.serving.rollout.criteria import Criteria, criteria_of
from llmdeploy.serving.spec.rollout import Rollout

GATE = {"prompts": "gate.jsonl", "check": "exact"}


def test_nothing_written_asks_the_defaults() -> None:
    assert criteria_of(None) == criteria_of(Rollout()) == Criteria()
    assert Criteria().min_pass is None


def test_a_quality_gate_asks_for_its_share_also_where_it_leaves_it_out() -> None:
    assert criteria_of(Rollout.model_validate({"eval": GATE})).min_pass == 0.95
    assert criteria_of(Rollout.model_validate({"eval": {**GATE, "min_pass": 0.5}})).min_pass == 0.5


def test_limits_and_times_are_those_of_the_spec() -> None:
    told = {
        "bake": "2m",
        "min_requests": 50,
        "abort_on": {"error_rate": 0.02, "ttft_p95": "2s", "slower": 2.0},
    }
    assert criteria_of(Rollout.model_validate(told)) == Criteria(
        bake=120, max_bake=360, min_requests=50, error_rate=0.02, ttft_p95=2, slower=2.0
    )
