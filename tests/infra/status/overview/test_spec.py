"""The spec against what is up: in one line, also in the middle of a rollout."""

from __future__ import annotations

from typing import Any

import pytest
from tests.infra.fleet.world import AWS, TWO, make_plan
from tests.infra.status.overview.world import in_rollout

from llmdeploy.infra.status.overview.spec import CHANGED, spec_view
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.review.summary import summarise

PLAN = make_plan(TWO)


def outputs(plan: Plan) -> dict[str, Any]:
    return {"spec_digest": plan.spec_digest, "plan": summarise(plan).model_dump(mode="json")}


def test_up_to_date() -> None:
    view = spec_view(PLAN, outputs(PLAN))
    assert (view.verdict, view.said, view.problems) == ("healthy", "up to date", ())


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (TWO.replace("min: 2", "min: 1"), f"{AWS} replicas 2 to 3 → 1 to 3; gcp/europe-west4 replicas"),
        (f"regions: [{AWS}]\nhardware: {{gpu: l4}}\nscaling: {{min: 2, max: 3}}\n", "removed"),
        (TWO + "routing: {auth: none}\n", "keys api-key → none"),
    ],
)
def test_what_has_changed(lines: str, said: str) -> None:
    view = spec_view(make_plan(lines), outputs(PLAN))
    assert view.verdict == "degraded"
    assert view.said.startswith("changed since `up`: ")
    assert said in view.said
    assert view.problems == (CHANGED,)


def test_many_changes_are_counted() -> None:
    changed = TWO.replace("min: 2", "min: 1").replace("gpu: l4", "gpu: h100")
    assert spec_view(make_plan(changed), outputs(PLAN)).said.endswith("more")


def test_a_change_that_no_summary_shows() -> None:
    view = spec_view(make_plan(TWO + "budget: {hourly_usd: 60}\n"), outputs(PLAN))
    assert view.said == "changed since `up`: `llmdeploy preview` shows what"


def test_a_stack_of_another_version_keeps_no_summary() -> None:
    view = spec_view(PLAN, {"spec_digest": "other", "plan": {"of": "another version"}})
    assert view.said == "changed since `up`: `llmdeploy preview` shows what"


def test_a_spec_that_is_being_rolled_out() -> None:
    target = make_plan(TWO.replace("l4", "h100"))
    view = spec_view(target, in_rollout(PLAN, target, "shift"))
    assert (view.verdict, view.said) == ("healthy", "being rolled out")
    back = spec_view(target, in_rollout(PLAN, target, "withdraw", reason="errors"))
    assert back.verdict == "degraded"
