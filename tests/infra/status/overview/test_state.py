"""What the engine's state tells of the last operation, and of one that was interrupted."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.infra.fleet.world import TWO, make_plan
from tests.infra.status.overview.world import in_rollout, state

from llmdeploy.infra.runner.events import Counts
from llmdeploy.infra.runner.lock import at_work, stack_lock
from llmdeploy.infra.runner.result import HistoryEntry
from llmdeploy.infra.status.overview.rollout import rollout_in
from llmdeploy.infra.status.overview.stack import stack_state
from llmdeploy.infra.status.overview.state import ago, state_view

CREATED = "2026-11-29T23:58:14.81705029Z"


def entry(result: str = "succeeded", minutes: float = 3) -> HistoryEntry:
    ended = datetime.now(UTC) - timedelta(minutes=minutes)
    return HistoryEntry("up", result, ended - timedelta(minutes=1), ended, "", Counts())


def resource(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:chat::llmdeploy::{kind}::{name}", "type": kind, **more}


EXPORTED = {
    "deployment": {
        "resources": [
            resource("chat", "pulumi:pulumi:Stack", outputs={"spec_digest": "f" * 64}, created=CREATED),
            resource("default", "pulumi:providers:aws", custom=True),
            resource("aws-us-east-1", "llmdeploy:aws:Region", custom=False),
            resource("aws-us-east-1-vpc", "aws:ec2/vpc:Vpc", custom=True),
            resource(
                "aws-us-east-1-facts",
                "llmdeploy:stack:Facts",
                outputs={"groups": ["fleet"]},
                created="2026-11-30T00:00:00Z",
            ),
        ],
        "pending_operations": [{"resource": resource("aws-us-east-1-fleet", "aws:autoscaling/group:Group")}],
    }
}


def test_an_exported_state() -> None:
    found = stack_state(EXPORTED)
    assert (found.resources, found.pending) == (1, ("aws-us-east-1-fleet",))
    assert found.first_up == pytest.approx(datetime.fromisoformat(CREATED).timestamp())
    assert found.regions_since == {"aws-us-east-1-facts": datetime(2026, 11, 30, tzinfo=UTC).timestamp()}
    # Also of an `up` that failed in part, whose outputs were not written.
    assert found.regions(["aws/us-east-1", "aws/us-west-2"]) == {"aws/us-east-1": {"groups": ["fleet"]}}


def test_an_empty_state() -> None:
    found = stack_state({"deployment": None})
    assert (found.resources, found.pending, found.first_up, dict(found.outputs)) == (0, (), None, {})


def test_after_a_good_up() -> None:
    view = state_view(state({"spec_digest": "f" * 64, "revision": 3}, resources=11), [entry()], "", None)
    assert view.verdict == "healthy"
    assert view.said == "up succeeded 3 min ago, 11 resources, revision 3 (ffffffffffff)"


def test_after_one_that_failed() -> None:
    view = state_view(state(), [entry("failed")], "", None)
    assert (view.verdict, view.problems) == (
        "degraded",
        ("the last up failed; `llmdeploy up` goes on from there",),
    )


def test_an_interrupted_operation_is_told_from_one_under_way() -> None:
    half = state(pending=("aws-us-east-1-fleet",))
    view = state_view(half, [], "", None)
    assert view.verdict == "degraded"
    assert view.problems == (
        "an operation was interrupted at aws-us-east-1-fleet; `llmdeploy up` goes on from there",
    )
    working = state_view(half, [], "`llmdeploy up` (pid 7)", None)
    assert (working.verdict, working.problems) == ("healthy", ())
    assert "`llmdeploy up` (pid 7) is at work" in working.said


def test_a_backend_that_does_not_tell_the_history() -> None:
    assert state_view(state(resources=1), None, "", None).said == "1 resource"
    assert state_view(state(resources=0), [], "", None).said.startswith("no operation has ended yet")


def test_a_rollout_under_way_and_a_paused_one() -> None:
    plan, target = make_plan(TWO), make_plan(TWO.replace("l4", "h100"))
    outputs = in_rollout(plan, target, "shift")
    view = state_view(state(outputs), [entry()], "", rollout_in(outputs))
    assert "canary rollout to revision 2 under way: aws/us-east-1: 25 % of the requests" in view.said
    assert view.verdict == "healthy"
    outputs["rollout"]["status"] = "paused"
    paused = state_view(state(outputs), [entry()], "", rollout_in(outputs))
    assert paused.problems == ("the rollout is paused: aws/us-east-1: 25 % of the requests",)


@pytest.mark.parametrize("told", [None, "what?", {}, {"regions": ["local/a"], "percent": 5}])
def test_what_another_version_tells_of_a_rollout(told: Any) -> None:
    found = rollout_in({"rollout": told})
    if not isinstance(told, dict):
        assert found is None
        return
    assert found is not None
    assert found.now == ("local/a: 5 % of the requests" if told else "")


def test_who_works_on_a_stack(tmp_path: Path) -> None:
    assert at_work(tmp_path, "chat") == ""
    with stack_lock(tmp_path, "chat", ["llmdeploy", "up", "chat.yaml"]):
        assert at_work(tmp_path, "chat") == f"`llmdeploy up chat.yaml` (pid {os.getpid()})"
        written = (tmp_path / "chat.lock").read_text()
    assert at_work(tmp_path, "chat") == ""
    # What a killed command leaves: its pid is nobody's, or a later process's.
    (tmp_path / "chat.lock").write_text(json.dumps(json.loads(written) | {"pid": 2**22 + 1}))
    assert at_work(tmp_path, "chat") == ""
    early = datetime.fromtimestamp(time.time() - 10**7, UTC).isoformat()
    (tmp_path / "chat.lock").write_text(json.dumps(json.loads(written) | {"since": early}))
    assert at_work(tmp_path, "chat") == ""
    (tmp_path / "chat.lock").write_text("{")
    assert at_work(tmp_path, "chat") == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5, "just now"), (180, "3 min ago"), (7200, "2 h ago"), (86400 * 3, "3 days ago")],
)
def test_ago(seconds: float, said: str) -> None:
    assert ago(seconds) == said
