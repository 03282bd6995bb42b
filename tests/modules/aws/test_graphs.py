"""A case is a spec, with every resource that it makes beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.modules.aws.golden import CASES, golden
from tests.modules.aws.program import graph, plan_of
from tests.modules.declared import Declared

from llmdeploy.infra.simulate.schema import check_inputs, inputs
from llmdeploy.modules.aws.names import LONGEST_BALANCER_NAME

SPECS = sorted(CASES.glob("*.yaml"))
DIGEST = "llmdeploy:spec-digest"


@pytest.fixture(scope="module", params=SPECS, ids=lambda spec: spec.stem)
def case(request: pytest.FixtureRequest) -> tuple[Path, list[Declared]]:
    spec: Path = request.param
    return spec, graph(plan_of(spec))


def test_the_graph_is_the_one_of_its_file(case: tuple[Path, list[Declared]]) -> None:
    spec, declared = case
    assert golden(declared) == json.loads(spec.with_suffix(".json").read_text("utf-8"))


def test_every_property_is_one_that_aws_takes(case: tuple[Path, list[Declared]]) -> None:
    _, declared = case
    wrong = [
        f"{each.name} {failure.property}: {failure.reason}"
        for each in declared
        if each.type.startswith("aws:")
        for failure in check_inputs(each.type, _revealed(each.inputs))
    ]
    assert wrong == []


def test_names_are_unique_and_fit_aws_with_pulumis_ending(case: tuple[Path, list[Declared]]) -> None:
    _, declared = case
    assert len({(each.type, each.name) for each in declared}) == len(declared)
    balancing = (each for each in declared if each.type in ("aws:lb/loadBalancer:LoadBalancer", _TARGETS))
    assert [each.name for each in balancing if len(each.name) > LONGEST_BALANCER_NAME] == []


def test_the_names_of_load_balancers_fit_the_longest_region() -> None:
    """AWS takes 32 characters, and Pulumi fails the deployment of a longer name."""
    longest = graph(plan_of(CASES / "other-registry.yaml"))
    parts = {
        each.name.removeprefix("aws-ap-northeast-1-")
        for each in longest
        if each.type in ("aws:lb/loadBalancer:LoadBalancer", _TARGETS) and "ap-northeast-1" in each.name
    }
    assert {len("aws-ap-southeast-1-") + len(part) for part in parts} == {
        len("aws-ap-southeast-1-chk"),
        LONGEST_BALANCER_NAME,
    }


def test_every_resource_is_in_a_component(case: tuple[Path, list[Declared]]) -> None:
    _, declared = case
    assert [each.name for each in declared if each.type.startswith("aws:") and each.parent == ""] == []


def test_every_resource_says_its_region(case: tuple[Path, list[Declared]]) -> None:
    """There is no provider of a region: a resource without one would go where the credentials point."""
    _, declared = case
    for each in declared:
        if each.type.startswith("aws:") and "region" in inputs(each.type):
            assert each.inputs["region"], each.name
            assert each.inputs["region"] in each.name or "secrets" in each.name, each.name


def test_everything_that_takes_tags_has_them(case: tuple[Path, list[Declared]]) -> None:
    _, declared = case
    wanted = {"llmdeploy:name", "llmdeploy:stack", DIGEST}
    tagged = [each for each in declared if each.type.startswith("aws:") and "tags" in inputs(each.type)]
    assert tagged
    for each in tagged:
        tags = each.inputs.get("tags") or {}
        found = {tag["key"] for tag in tags} if isinstance(tags, list) else set(tags)
        # A changed tag of a template would foresee another version of it, and an update of the group.
        lasting = each.type == "aws:ec2/launchTemplate:LaunchTemplate"
        assert found & wanted == (wanted - {DIGEST} if lasting else wanted), each.name


def test_instances_and_volumes_are_tagged_without_the_digest(case: tuple[Path, list[Declared]]) -> None:
    """It changes with every word of the spec, and a changed template replaces the fleet."""
    _, declared = case
    for each in declared:
        if each.type == "aws:ec2/launchTemplate:LaunchTemplate":
            for made in each.inputs["tagSpecifications"]:
                assert {"llmdeploy:name", "llmdeploy:stack"} <= set(made["tags"])
                assert DIGEST not in made["tags"]


def test_nothing_is_asked_of_aws_that_is_pinned() -> None:
    """A newer AMI never rolls a fleet by surprise."""
    from llmdeploy.modules.aws import lookups

    assert lookups.machine_image("us-east-1", "ami-pinned") == "ami-pinned"
    zones = lookups.zones("us-east-1", "g6.xlarge", ("us-east-1b", "us-east-1d"))
    assert zones.network == zones.fleet == ("us-east-1b", "us-east-1d")


_TARGETS = "aws:lb/targetGroup:TargetGroup"


def _revealed(value: Any) -> Any:
    """Inputs without the marks of secrets, as a provider gets them."""
    if isinstance(value, dict):
        if set(value) == {"secret"}:
            return _revealed(value["secret"])
        return {key: _revealed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_revealed(each) for each in value]
    return value
