"""The wait for instances, with clouds that answer what a test says, and one that really hangs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from tests.infra.fleet.world import AWS, GCP, NO_CAPACITY, OUTPUTS, TWO, clients, look, make_plan

from llmdeploy.infra.errors import ResourceFailure
from llmdeploy.infra.fleet import FleetLook, Pace, RegionFleet, watch_fleets
from llmdeploy.infra.fleet.aws import AwsFleets
from llmdeploy.infra.preflight.clouds.aws import boto3_clients
from llmdeploy.infra.preflight.clouds.errors import Denied, ExtraMissing, NoAnswer
from llmdeploy.serving.plan.model import Plan

PACE = Pace(interval_s=0.02, unanswered_s=0.3, threads=4)
UP = RegionFleet(GCP, "up", 2, 2, 2, 2, 2)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(TWO)


@pytest.fixture(scope="module")
def hasty() -> Plan:
    """With a start-up budget of a second."""
    return make_plan(TWO, budget_s=1)


def test_it_waits_until_all_are_up(plan: Plan) -> None:
    told: list[RegionFleet] = []
    answers = [look(0), look(0, 2), look(0, 2), look(1, 2, gateways_healthy=1), look(2)]
    found = watch_fleets(clients(answers), plan, OUTPUTS, told.append, pace=PACE)
    assert found == (replace(UP, region=AWS), UP)
    assert [
        (each.state, each.launched, each.healthy, each.gateways_healthy)
        for each in told
        if each.region == AWS
    ] == [("starting", 0, 0, 2), ("starting", 2, 0, 2), ("starting", 2, 1, 1), ("up", 2, 2, 2)]


def test_all_replicas_without_a_gateway_are_not_up(hasty: Plan) -> None:
    aws, _ = watch_fleets(clients([look(2, gateways_healthy=0)]), hasty, OUTPUTS, patience_s=0.2, pace=PACE)
    assert (aws.state, aws.serves, aws.why) == ("down", False, "0 of 2 gateways healthy after 0 s")
    aws, _ = watch_fleets(clients([look(2, gateways_healthy=1)]), hasty, OUTPUTS, patience_s=0.2, pace=PACE)
    assert (aws.state, aws.serves) == ("short", True)


def test_gateways_that_no_output_names_are_not_waited_for(plan: Plan) -> None:
    aws, _ = watch_fleets(clients([look(2, gateways_healthy=None)]), plan, OUTPUTS, pace=PACE)
    assert (aws.state, aws.gateways_healthy) == ("up", None)


@pytest.mark.parametrize(("healthy", "state"), [(0, "down"), (1, "short")])
def test_a_region_without_capacity_is_given_up_after_half_its_budget(
    hasty: Plan, healthy: int, state: str
) -> None:
    began = time.monotonic()
    aws, gcp = watch_fleets(
        clients([look(healthy, refusal=NO_CAPACITY)]), hasty, OUTPUTS, patience_s=30, pace=PACE
    )
    assert 0.5 <= time.monotonic() - began < 5
    assert gcp == UP
    assert (aws.state, aws.healthy) == (state, healthy)
    assert aws.why == "InsufficientInstanceCapacity: no g6.xlarge in us-east-1a"
    assert aws.mend == ("wait: it goes on trying by itself; or change hardware.gpu or the region in the spec")


def test_progress_buys_time(hasty: Plan) -> None:
    """0.5 s without progress is half of the budget; here an instance comes every 0.4 s."""
    began = time.monotonic()

    def later() -> FleetLook:
        passed = time.monotonic() - began
        return look(0 if passed < 0.4 else 1 if passed < 0.8 else 2, refusal=NO_CAPACITY)

    aws, _ = watch_fleets(clients([later]), hasty, OUTPUTS, patience_s=30, pace=PACE)
    assert aws.state == "up"
    assert aws.why == ""


def test_what_is_launched_and_never_healthy_is_down_when_patience_ends(plan: Plan) -> None:
    trouble = "2 replicas failed the load balancer's check (Target.Timeout)"
    aws, _ = watch_fleets(clients([look(0, 2, trouble=trouble)]), plan, OUTPUTS, patience_s=0.2, pace=PACE)
    assert (aws.state, aws.launched, aws.why) == ("down", 2, trouble)


def test_throttling_and_a_broken_network_are_waited_out(plan: Plan) -> None:
    throttled = NoAnswer("autoscaling:DescribeAutoScalingGroups", "Throttling")
    aws, _ = watch_fleets(
        clients([throttled, throttled, look(0), throttled, look(2)]), plan, OUTPUTS, pace=PACE
    )
    assert (aws.state, aws.why) == ("up", "")


@pytest.mark.parametrize("before", [[], [look(1)]])
def test_a_cloud_that_answers_no_more_is_unknown(plan: Plan, before: list[FleetLook]) -> None:
    broken = NoAnswer("autoscaling:DescribeAutoScalingGroups", "EndpointConnectionError")
    began = time.monotonic()
    aws, gcp = watch_fleets(clients([*before, broken]), plan, OUTPUTS, pace=PACE)
    assert 0.3 <= time.monotonic() - began < 5
    assert gcp == UP
    assert (aws.state, aws.serves) == ("unknown", bool(before))
    assert aws.why == "no answer from autoscaling:DescribeAutoScalingGroups (EndpointConnectionError)"


@pytest.mark.parametrize("lasting", [Denied("aws", "ecs:DescribeServices"), ExtraMissing("aws", "boto3")])
def test_what_asking_again_will_not_change_is_not_asked_again(plan: Plan, lasting: Exception) -> None:
    began = time.monotonic()
    aws, _ = watch_fleets(clients([lasting]), plan, OUTPUTS, pace=Pace(interval_s=30))
    assert time.monotonic() - began < 5
    assert aws.state == "unknown"
    assert aws.mend


def test_a_client_that_cannot_be_made(plan: Plan) -> None:
    def missing() -> AwsFleets:
        raise ExtraMissing("aws", "boto3")

    made = {**clients([look(2)]), "aws": missing}
    aws, gcp = watch_fleets(made, plan, OUTPUTS, pace=PACE)
    assert (aws.state, aws.mend) == ("unknown", "pip install 'llmdeploy-stacks[aws]'")
    assert gcp == UP


FAILURE = ResourceFailure(
    "aws:lb/loadBalancer:LoadBalancer", "aws-us-east-1-front", "urn", "InternalError:\n  try later"
)


def test_a_region_that_the_engine_did_not_make(plan: Plan) -> None:
    outputs = {"regions": {GCP: OUTPUTS["regions"][GCP]}}
    aws, gcp = watch_fleets(clients([look(2)]), plan, outputs, failures=[FAILURE], pace=PACE)
    assert gcp == UP
    assert (aws.state, aws.launched, aws.healthy) == ("failed", None, None)
    assert aws.why == (
        "aws-us-east-1-front (aws:lb/loadBalancer:LoadBalancer) failed: InternalError: try later"
    )
    nothing, _ = watch_fleets(clients([look(2)]), plan, {}, pace=PACE)
    assert (nothing.state, nothing.why) == ("failed", "the engine has not made it")


def test_a_failed_resource_ends_the_wait_for_its_region_only(plan: Plan) -> None:
    aws, gcp = watch_fleets(
        clients([look(0, 2)], [look(0, 2), look(2)]), plan, OUTPUTS, failures=[FAILURE], pace=PACE
    )
    assert (aws.state, aws.launched, gcp.state) == ("failed", 2, "up")
    aws, _ = watch_fleets(clients([look(2)]), plan, OUTPUTS, failures=[FAILURE], pace=PACE)
    assert (aws.state, aws.why.startswith("aws-us-east-1-front")) == ("up", True)


def test_outputs_of_another_shape(plan: Plan) -> None:
    outputs = {"regions": {AWS: {"bucket": "b"}, GCP: OUTPUTS["regions"][GCP]}}
    made = {**clients([look(2)]), "aws": lambda: AwsFleets(boto3_clients(1))}
    aws, _ = watch_fleets(made, plan, outputs, pace=PACE)
    assert (aws.state, aws.why) == (
        "unknown",
        "the stack's outputs do not say where its fleet is (groups, target_group)",
    )


def test_a_bug_is_not_hidden(plan: Plan) -> None:
    with pytest.raises(ZeroDivisionError):
        watch_fleets(clients([ZeroDivisionError()]), plan, OUTPUTS, pace=PACE)


def test_an_endpoint_that_hangs_holds_up_nothing(plan: Plan) -> None:
    """It takes connections and never answers; boto3 alone would wait 15 s and more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        hanging = boto3_clients(
            1, endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="canary-secret"
        )
        made = {**clients([], [look(1), look(2)]), "aws": lambda: AwsFleets(hanging)}
        began = time.monotonic()
        aws, gcp = watch_fleets(made, plan, OUTPUTS, pace=replace(PACE, unanswered_s=3.0))
        assert 3.0 <= time.monotonic() - began < 12
    assert gcp == UP
    assert (aws.state, aws.why) == ("unknown", "the cloud has not answered for 3 s")


def test_many_regions_are_asked_a_few_at_a_time(plan: Plan) -> None:
    at_once: list[int] = [0]
    under_way: list[int] = []

    def slow() -> FleetLook:
        under_way.append(1)
        at_once.append(len(under_way))
        time.sleep(0.02)
        under_way.pop()
        return look(2)

    region = plan.regions[0]
    many = plan.model_copy(
        update={"regions": tuple(region.model_copy(update={"name": f"aws/r{n}"}) for n in range(20))}
    )
    outputs = {"regions": {each.name: OUTPUTS["regions"][AWS] for each in many.regions}}
    found = watch_fleets(clients([slow]), many, outputs, pace=replace(PACE, unanswered_s=30))
    assert {each.state for each in found} == {"up"}
    assert 1 < max(at_once) <= 4


INTERRUPTED = """
import sys, tests.infra.fleet.world as world
from llmdeploy.infra.fleet import Pace, watch_fleets
plan = world.make_plan(world.TWO)
found = watch_fleets(
    world.clients([world.look(1)]), plan, world.OUTPUTS, lambda fleet: print(fleet.state, flush=True),
    pace=Pace(interval_s=0.1),
)
print([(each.state, each.healthy, each.why) for each in found])
"""


def test_ctrl_c_ends_the_wait_and_keeps_what_is_known() -> None:
    child = subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert {child.stdout.readline().strip() for _ in range(2)} == {"starting", "up"}
        os.kill(child.pid, signal.SIGINT)
        rest, _ = child.communicate(timeout=10)
    finally:
        child.kill()
        child.wait()
    assert child.returncode == 0
    assert rest.startswith("[('starting', 1, '1 of 2 instances launched after ")
    assert rest.endswith("('up', 2, '')]\n")
