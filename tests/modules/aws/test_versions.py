"""Two versions of a region's replicas: what each has of its own, what they share, and how it is called."""

from __future__ import annotations

import pytest
from tests.modules.aws.golden import CASES, script
from tests.modules.aws.program import graph, pins, plan_of
from tests.modules.declared import Declared

from llmdeploy.infra.simulate.schema import check_inputs
from llmdeploy.modules.aws.names import CHECKED, FLEET, LONGEST_BALANCER_NAME, in_slot
from llmdeploy.serving.plan.model import Plan, RegionPlan, VersionPlan

ASKED = plan_of(CASES / "one-region.yaml")
PLAN = ASKED.model_copy(
    update={"regions": tuple(each.model_copy(update={"max_replicas": 4}) for each in ASKED.regions)}
)
"""One region, whose load says how many replicas it has."""
REVISION = "3f2a91c04b7e"


def with_beside(role: str, *, flipped: bool = False) -> Plan:
    """The new version is another tag of the same image, in `green`, and the region's own if `flipped`."""
    (old,) = PLAN.regions
    assert old.server.launch is not None
    launch = old.server.launch.model_copy(update={"tag": "v9.9.9"})
    server = old.server.model_copy(update={"launch": launch})
    size = {} if flipped else {"min_replicas": 1, "max_replicas": 1}
    new = old.model_copy(update={"slot": "green", "server": server, "revision": REVISION, **size})
    own, other = (new, old) if flipped else (old, new)
    beside = VersionPlan.model_validate({"role": role, "revision": REVISION, "region": other})
    return PLAN.model_copy(update={"regions": (own.model_copy(update={"beside": beside}),)})


def declared(plan: Plan) -> dict[str, Declared]:
    ours = (each for each in graph(plan) if each.type.startswith("aws:"))
    return {f"{each.type.rpartition(':')[2]} {each.name}": each for each in ours}


@pytest.fixture(scope="module")
def alone() -> dict[str, Declared]:
    return declared(PLAN)


@pytest.fixture(scope="module")
def canary() -> dict[str, Declared]:
    return declared(with_beside("canary"))


def test_the_old_version_stays_as_it_is(alone: dict[str, Declared], canary: dict[str, Declared]) -> None:
    assert set(alone) < set(canary)
    changed = {key.replace(_region(PLAN), "*") for key in alone if alone[key].inputs != canary[key].inputs}
    # The tests number the digests of images, of which there is one more.
    changed.remove("TaskDefinition *-gateway")
    files = {f"BucketObjectv2 *-gateway-{name}" for name in _changed_files()}
    assert changed == {"Dashboard *-dashboard", "RolePolicy *-node", *files}


def test_every_property_is_one_that_aws_takes(canary: dict[str, Declared]) -> None:
    wrong = [
        f"{each.name} {failure.property}: {failure.reason}"
        for each in canary.values()
        if "green" in each.name
        for failure in check_inputs(each.type, each.inputs)
    ]
    assert wrong == []


def test_both_images_share_one_repository(canary: dict[str, Declared]) -> None:
    templates = [each for each in canary.values() if each.type == "aws:ec2/launchTemplate:LaunchTemplate"]
    old, new = sorted((_image(each) for each in templates), key=lambda image: "v9.9.9" in image)
    assert len(templates) == 2
    assert old.partition("@")[0] == new.partition("@")[0]
    assert old != new


def test_a_node_may_leave_and_join_either_target_group(canary: dict[str, Declared]) -> None:
    policy = str(canary[f"RolePolicy {_region(PLAN)}-node"].inputs["policy"])
    assert f"TargetGroup/{_region(PLAN)}-fleet-" in policy
    assert f"TargetGroup/{_region(PLAN)}-green-" in policy
    assert f"TargetGroup/{_region(PLAN)}-chk-" in policy
    assert f"TargetGroup/{_region(PLAN)}-chk-g-" in policy


def test_the_gateways_checks_of_each_version_go_to_target_groups_of_their_own(
    canary: dict[str, Declared],
) -> None:
    region = _region(PLAN)
    rules = {each.name: each.inputs for key, each in canary.items() if key.startswith("ListenerRule")}
    led = {
        name: (
            inputs["conditions"],
            inputs["actions"][0]["targetGroupArn"].rpartition("/")[2].rpartition("-")[0],
        )
        for name, inputs in rules.items()
    }
    health = [{"pathPattern": {"values": [PLAN.gateway.health.path]}}]
    assert led == {name: (health, name) for name in (f"{region}-chk", f"{region}-chk-g")}
    for slot, serving in (("chk", "fleet"), ("chk-g", "green")):
        pool = canary[f"Group {region}-{serving}"].inputs["targetGroupArns"]
        names = [arn.rpartition("/")[2].rpartition("-")[0] for arn in pool]
        assert names == [f"{region}-{serving}", f"{region}-{slot}"]


def test_the_balancer_listens_for_each_version(canary: dict[str, Declared]) -> None:
    region = _region(PLAN)
    ports = {each.name: each.inputs["port"] for key, each in canary.items() if key.startswith("Listener ")}
    assert ports == {f"{region}-front": 443, f"{region}-fleet": 80, f"{region}-green": 81}
    rule = canary[f"SecurityGroupIngressRule {region}-gateway-to-green-in"]
    assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (81, 81)


def test_the_load_scales_the_own_version_alone(canary: dict[str, Declared]) -> None:
    region = _region(PLAN)
    assert _policies(canary) == [f"Policy {region}-load"]
    promoted = declared(with_beside("former", flipped=True))
    assert _policies(promoted) == [f"Policy {region}-load-green"]
    assert promoted[f"Group {region}-fleet"].inputs["minSize"] == PLAN.regions[0].min_replicas


def test_names_of_green_fit_the_longest_region() -> None:
    assert {len(f"aws-ap-southeast-1-{in_slot(part, 'green')}") for part in (FLEET, CHECKED)} == {
        LONGEST_BALANCER_NAME
    }


def test_a_region_that_is_green_alone_has_nothing_of_blue(alone: dict[str, Declared]) -> None:
    (region,) = PLAN.regions
    moved = PLAN.model_copy(update={"regions": (region.model_copy(update={"slot": "green"}),)})
    green = declared(moved)
    name = _region(PLAN)
    assert {key.replace(f"{name}-", "") for key in alone if key not in green} == {
        "Group fleet",
        "LaunchTemplate fleet",
        "Listener fleet",
        "ListenerRule chk",
        "MetricAlarm errors",
        "MetricAlarm lost",
        "Policy load",
        "SecurityGroupEgressRule gateway-to-fleet-out",
        "SecurityGroupIngressRule gateway-to-fleet-in",
        "TargetGroup chk",
        "TargetGroup fleet",
    }
    # The balancer itself, its firewall and its name are of the region, whichever version is behind them.
    assert {f"LoadBalancer {name}-fleet", f"SecurityGroup {name}-fleet", f"Record {name}-fleet"} <= set(green)


def test_a_region_without_instances_wants_none_and_nothing_asks_for_any() -> None:
    plan = plan_of(CASES / "spot-with-fallback.yaml")
    regions = [_drained(region) for region in plan.regions]
    made = declared(plan.model_copy(update={"regions": tuple(regions)}))
    groups = [each for key, each in made.items() if key.startswith("Group ")]
    assert {(each.inputs["minSize"], each.inputs["maxSize"]) for each in groups} == {(0, 0)}
    assert _policies(made) == []
    lost = [each for key, each in made.items() if key.startswith("MetricAlarm ") and "-lost" in key]
    assert {each.inputs["treatMissingData"] for each in lost} == {"notBreaching"}


def _policies(made: dict[str, Declared]) -> list[str]:
    """Of the replicas' groups; the gateways have one of their own."""
    return [key for key in made if key.startswith("Policy ") and not key.endswith("-gateway")]


def _drained(region: RegionPlan) -> RegionPlan:
    return region.model_copy(update={"min_replicas": 0, "max_replicas": 0})


def _region(plan: Plan) -> str:
    return plan.regions[0].name.replace("/", "-")


def _changed_files() -> set[str]:
    """One region has no chain of its own for what others send it."""
    name = PLAN.regions[0].name.replace("/", "-")
    return {
        "clusters.yaml",
        "listeners.yaml",
        "files",
        f"routes.{name}.yaml".replace(_region(PLAN), "*"),
        f"endpoints.{name}.yaml".replace(_region(PLAN), "*"),
    }


def _image(template: Declared) -> str:
    text = script(template.inputs["userData"])
    return next(line for line in text.splitlines() if line.startswith("IMAGE="))


def test_the_pins_must_hold_both_images() -> None:
    assert len(pins(with_beside("canary").regions[0]).digests) == 4
