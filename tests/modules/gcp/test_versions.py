"""Two versions of a region: what each has of its own, and what a version beside it leaves as it is."""

from __future__ import annotations

from typing import Any

import pytest
from tests.modules.declared import Declared
from tests.modules.gcp.program import graph, plan_of

from llmdeploy.infra.simulate.schema import check_inputs
from llmdeploy.serving.plan.model import Plan, RegionPlan, Role, VersionPlan

SPEC = """\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
hardware: {gpu: l4, count: 1, purchase: spot-with-fallback}
scaling: {min: 2, max: 4}
regions: [gcp/northamerica-northeast1]
budget: {hourly_usd: 100}
"""
REGION = "gcp-northamerica-northeast1"
OF_A_VERSION = ("pool", "fallback", "fleet", "load", "shortage")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    file = tmp_path_factory.mktemp("spec") / "chat.yaml"
    file.write_text(SPEC)
    return plan_of(file)


@pytest.fixture(scope="module")
def alone(plan: Plan) -> dict[str, Declared]:
    return _named(plan)


@pytest.fixture(scope="module")
def canary(plan: Plan) -> dict[str, Declared]:
    return _named(_with(plan, _own(plan), _beside(plan, "canary", 1)))


def test_a_version_beside_it_leaves_the_own_one_as_it_is(
    alone: dict[str, Declared], canary: dict[str, Declared]
) -> None:
    own = {name for name in alone if name.startswith(tuple(f"{REGION}-{part}" for part in OF_A_VERSION))}
    assert {f"{REGION}-pool-template", f"{REGION}-fleet-entry", f"{REGION}-load"} < own
    gateways = {name for name in alone if name.startswith(f"{REGION}-gateway")}
    assert {name for name in own | gateways if alone[name].inputs != canary[name].inputs} == set()


def test_each_version_has_everything_of_its_own(
    alone: dict[str, Declared], canary: dict[str, Declared]
) -> None:
    new = {_in_blue(name) for name in set(canary) - set(alone) if "-bucket-" not in name}
    shared = {"gcp-network-fleet", "gcp-network-gateways-to-fleets", f"{REGION}-network-fleet"}
    own = {name for name in alone if name.startswith(tuple(f"{REGION}-{part}" for part in OF_A_VERSION))}
    assert new == own - {f"{REGION}-load"} | shared
    entries = [canary[f"{REGION}-{fleet}-entry"].inputs for fleet in ("fleet", "fleet-green")]
    assert [entry["portRange"] for entry in entries] == ["80", "81"]
    assert len({entry["ipAddress"] for entry in entries}) == 2
    for one, other in (("pool", "pool-green"), ("fallback", "fallback-green")):
        groups = [canary[f"{REGION}-{pool}-group"].inputs for pool in (one, other)]
        assert groups[0]["baseInstanceName"] != groups[1]["baseInstanceName"]


def test_names_and_properties_are_such_as_google_takes(canary: dict[str, Declared]) -> None:
    """In the region with the longest name."""
    assert [name for name, each in canary.items() if "compute/" in each.type and len(name) > 63 - 8] == []
    wrong = [
        f"{each.name} {failure.property}: {failure.reason}"
        for each in canary.values()
        if each.type.startswith(("gcp:compute/", "gcp:dns/")) and "-green" in each.name
        for failure in check_inputs(each.type, each.inputs)
    ]
    assert wrong == []


def test_the_way_and_the_name_come_before_the_gateways_learn_of_it(canary: dict[str, Declared]) -> None:
    """A name that is asked for too early stays unknown for minutes."""
    written = [each for name, each in canary.items() if "-bucket-gateway-" in name and "reader" not in name]
    # The list comes after the files that are in it.
    files = [each for each in written if not each.name.endswith("-gateway-files")]
    assert files
    assert [each.name for each in files if "gcp-network-fleet-green" not in each.needs] == []
    record = canary["gcp-network-fleet-green"].inputs
    assert record["name"] == "fleet-green.chat.llmdeploy.internal."
    way = canary["gcp-network-gateways-to-fleets-green"].inputs
    address = canary[f"{REGION}-network-fleet-green"].inputs["address"]
    assert way["destinationRanges"] == [f"{address}/32"]
    assert way["allows"] == [{"protocol": "tcp", "ports": ["81"]}]
    assert record["routingPolicy"]["geos"][0]["rrdatas"] == [address]


def test_figures_of_missing_instances_are_told_apart(canary: dict[str, Declared]) -> None:
    filters = [
        canary[f"{REGION}-{name}"].inputs["autoscalingPolicy"]["metrics"][0]["filter"]
        for name in ("shortage", "shortage-green")
    ]
    assert [text.rpartition(" = ")[2] for text in filters] == ['"fleet"', '"fleet-green"']


@pytest.mark.parametrize(
    ("role", "replicas", "size", "autoscalers"),
    [
        ("canary", 1, 1, {"shortage-green"}),
        ("former", None, None, {"shortage-green"}),
        ("former", 0, 0, set()),
    ],
)
def test_what_sizes_a_version_beside(
    plan: Plan, role: Role, replicas: int | None, size: int | None, autoscalers: set[str]
) -> None:
    found = _named(_with(plan, _own(plan), _beside(plan, role, replicas)))
    assert found[f"{REGION}-pool-green-group"].inputs.get("targetSize") == size
    assert _autoscalers(found) == {"load", "shortage", *autoscalers}


def test_a_drained_version_has_nothing_that_brings_an_instance_back(plan: Plan) -> None:
    drained = _fixed(_own(plan), 0)
    found = _named(_with(plan, drained, _beside(plan, "canary", 2)))
    for pool in ("pool", "fallback"):
        assert found[f"{REGION}-{pool}-group"].inputs["targetSize"] == 0
    assert _autoscalers(found) == {"shortage-green"}


def _own(plan: Plan) -> RegionPlan:
    return plan.regions[0]


def _fixed(region: RegionPlan, replicas: int) -> RegionPlan:
    return region.model_copy(update={"min_replicas": replicas, "max_replicas": replicas})


def _beside(plan: Plan, role: Role, replicas: int | None) -> VersionPlan:
    other = _own(plan).model_copy(update={"slot": "green", "revision": "0123456789ab"})
    return VersionPlan(
        role=role,
        revision="0123456789ab",
        percent=5 if role == "canary" else 0,
        region=other if replicas is None else _fixed(other, replicas),
    )


def _with(plan: Plan, own: RegionPlan, beside: VersionPlan) -> Plan:
    return plan.model_copy(update={"regions": (own.model_copy(update={"beside": beside}),)})


def _named(plan: Plan) -> dict[str, Declared]:
    return {each.name: each for each in graph(plan)}


def _in_blue(name: str) -> str:
    return name.replace("-green", "")


def _autoscalers(found: dict[str, Any]) -> set[str]:
    kind = "gcp:compute/regionAutoscaler:RegionAutoscaler"
    names = {name for name, each in found.items() if each.type == kind}
    return {name.removeprefix(f"{REGION}-") for name in names} - {"gateway-scaling"}
