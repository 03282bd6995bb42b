"""A version on trial is waited for, and what it lacks is told apart from what its region lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.infra.fleet.test_aws import FACTS as AWS_FACTS
from tests.infra.fleet.test_aws import activity, group
from tests.infra.fleet.test_view import UP, shown
from tests.infra.fleet.world import AWS, FACTS, NO_CAPACITY, Answer, clients, look, make_plan, plain_client

from llmdeploy.cli.render.fleet import fleets_data
from llmdeploy.infra.fleet import FleetLook, Pace, RegionFleet, watch_fleets
from llmdeploy.infra.fleet.aws import AwsFleets
from llmdeploy.infra.fleet.client import VersionLook
from llmdeploy.infra.fleet.region import VersionFleet
from llmdeploy.serving.plan.model import Plan, Role, VersionPlan

PACE = Pace(interval_s=0.02, unanswered_s=0.3, threads=4)
REVISION = "3f2a91c04b7e"
BESIDE = {"groups": ["green"], "target_group": "arn:green", "revision": REVISION}
OUTPUTS = {"regions": {AWS: {**FACTS[AWS], "beside": BESIDE}}}


def plan_with(role: Role, budget_s: int = 60) -> Plan:
    """One region with two replicas of its own, and one of the other version."""
    plan = make_plan(f"regions: [{AWS}]\nhardware: {{gpu: l4}}\nscaling: {{min: 2}}\n", budget_s)
    (region,) = plan.regions
    other = region.model_copy(update={"slot": "green", "min_replicas": 1, "max_replicas": 1})
    beside = VersionPlan(role=role, revision=REVISION, region=other)
    return plan.model_copy(update={"regions": (region.model_copy(update={"beside": beside}),)})


def watched(
    plan: Plan, answers: Sequence[Answer], told: list[RegionFleet] | None = None, **more: Any
) -> RegionFleet:
    tell = (lambda fleet: None) if told is None else told.append
    (fleet,) = watch_fleets(clients(list(answers)), plan, OUTPUTS, tell, pace=PACE, **more)
    return fleet


def test_a_region_is_up_once_its_canary_is() -> None:
    told: list[RegionFleet] = []
    answers = [look(2), look(2, beside=VersionLook(1, 0)), look(2, beside=VersionLook(1, 1))]
    fleet = watched(plan_with("canary"), answers, told)
    assert (fleet.state, fleet.healthy, fleet.canary) == ("up", 2, VersionFleet(REVISION, 1, 1, 1))
    assert [(each.state, each.canary and each.canary.launched) for each in told] == [
        ("starting", None),
        ("starting", 1),
        ("up", 1),
    ]


def test_what_the_canary_lacks_is_told_by_its_revision() -> None:
    fleet = watched(plan_with("canary"), [look(2, beside=VersionLook(0, 0))], patience_s=0.2)
    assert (fleet.state, fleet.serves) == ("short", True)
    assert fleet.why == f"canary {REVISION}: 0 of 1 instances launched after 0 s"
    trouble = VersionLook(1, 0, trouble="1 replica failed the load balancer's check")
    fleet = watched(plan_with("canary"), [look(2, beside=trouble)], patience_s=0.2)
    assert fleet.why == f"canary {REVISION}: 1 replica failed the load balancer's check"


def test_a_canary_without_capacity_is_given_up_after_half_its_budget() -> None:
    refused = look(2, beside=VersionLook(0, 0, NO_CAPACITY))
    fleet = watched(plan_with("canary", budget_s=1), [refused], patience_s=30)
    assert fleet.why == f"canary {REVISION}: {NO_CAPACITY}"
    assert fleet.mend.startswith("wait: it goes on trying by itself")


def test_a_former_version_is_not_waited_for() -> None:
    fleet = watched(plan_with("former"), [look(2, beside=VersionLook(0, 0, NO_CAPACITY))])
    assert (fleet.state, fleet.canary, fleet.why) == ("up", None, "")


def test_aws_is_asked_about_both() -> None:
    from botocore.stub import Stubber

    stubs = {name: Stubber(plain_client(name, "us-east-1")) for name in ("autoscaling", "elbv2")}

    def say(targets: str, names: list[str], groups: list[dict[str, Any]], *states: str) -> None:
        rows = [{"TargetHealth": {"State": state}} for state in states]
        stubs["autoscaling"].add_response(
            "describe_auto_scaling_groups", {"AutoScalingGroups": groups}, {"AutoScalingGroupNames": names}
        )
        stubs["elbv2"].add_response(
            "describe_target_health", {"TargetHealthDescriptions": rows}, {"TargetGroupArn": targets}
        )

    own = str(AWS_FACTS["target_group"])
    say(own, ["fleet"], [group("fleet", 2, "InService", "InService")], "healthy", "healthy")
    say("arn:green", ["green"], [group("green", 1)])
    refused = activity("Failed", f"{NO_CAPACITY.code} - {NO_CAPACITY.text}")
    stubs["autoscaling"].add_response("describe_scaling_activities", {"Activities": [refused]})
    for stub in stubs.values():
        stub.activate()
    facts = {"groups": ["fleet"], "target_group": own, "beside": BESIDE}
    found = AwsFleets(lambda service, region: stubs[service].client).look("us-east-1", facts)
    assert found == FleetLook(2, 2, None, beside=VersionLook(0, 0, NO_CAPACITY))
    for stub in stubs.values():
        stub.assert_no_pending_responses()


def test_the_canary_has_a_row_and_an_entry_of_its_own(tmp_path: Path) -> None:
    fleet = replace(UP, canary=VersionFleet(REVISION, 1, 0, 0))
    assert shown(fleet).splitlines()[1:] == [
        "aws/us-east-1          2 of 2    2 of 2    up",
        "  canary 3f2a91c04b7e  0 of 1",
    ]
    (data,) = fleets_data([fleet])
    assert data["canary"] == {"revision": REVISION, "wanted": 1, "launched": 0, "healthy": 0}
    assert "canary" not in fleets_data([UP])[0]


@pytest.mark.parametrize("role", ["canary", "former"])
def test_the_longest_start_of_both_is_the_patience(role: Role) -> None:
    from llmdeploy.infra.fleet.watched import startup_budget_s

    (region,) = plan_with(role, budget_s=60).regions
    assert region.beside is not None
    assert region.beside.region.startup is not None
    slow = region.beside.region.startup.model_copy(update={"timeout_s": 900})
    other = region.beside.region.model_copy(update={"startup": slow})
    beside = region.beside.model_copy(update={"region": other})
    assert startup_budget_s(region.model_copy(update={"beside": beside})) == 900
