"""Regions without gateways: those of the others ask their endpoints, by hosts that are known beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.serving.gateway.test_clouds import plan_of

from llmdeploy.serving.gateway import cloud
from llmdeploy.serving.gateway.managed import azure_endpoint_host, azure_endpoint_name
from llmdeploy.serving.gateway.versions import PIN_HEADER, GatewayRegion
from llmdeploy.serving.node.sidecar import filled_keys
from llmdeploy.serving.plan.model import Plan, VersionPlan

SPEC = """\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
regions:
  - aws/us-east-1
  - {name: azure/eastus2, variant: managed, role: overflow}
  - gcp/europe-west4
"""
HOST = azure_endpoint_host(azure_endpoint_name("chat", "eastus2", "sub"), "eastus2")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return plan_of(tmp_path_factory.mktemp("spec"), SPEC)


def objects(plan: Plan, region: str) -> dict[str, str]:
    return cloud.gateway_objects(plan, plan.region(region), None, {"azure/eastus2": HOST})


@pytest.mark.parametrize("region", ["aws/us-east-1", "gcp/europe-west4"])
def test_every_gateway_asks_the_endpoint_itself(plan: Plan, region: str) -> None:
    texts = objects(plan, region)
    clusters = {each["name"]: each for each in yaml.safe_load(texts["clusters.yaml"])["resources"]}
    relay = clusters["relay.azure/eastus2"]
    endpoint = relay["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]
    assert endpoint["address"]["socket_address"] == {"address": HOST, "port_value": 443}
    assert relay["transport_socket"]["typed_config"]["sni"] == HOST
    assert "probe.relay.azure/eastus2" in clusters
    assert "Bearer {azure-key}" in texts["azure-key.yaml.template"]
    names = list(texts)
    assert names.index("azure-key.yaml.template") < names.index("listeners.yaml")
    assert "azureml-model-deployment" in texts["listeners.yaml"]


def test_overflow_comes_after_every_primary_region(plan: Plan) -> None:
    text = objects(plan, "aws/us-east-1")["endpoints.aws-us-east-1.yaml"]
    order = [text.index(f"region: {name}") for name in ("aws/us-east-1", "gcp/europe-west4", "azure/eastus2")]
    assert order == sorted(order)


def test_a_gateway_alone_among_gateways_has_no_peers(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, SPEC.replace("  - gcp/europe-west4\n", ""))
    assert "peer-key.yaml.template" not in objects(plan, "aws/us-east-1")


def with_canary(plan: Plan, percent: int = 5) -> Plan:
    """Another version beside Azure's own."""
    region = plan.region("azure/eastus2")
    canary = region.model_copy(update={"slot": "green"})
    beside = VersionPlan(role="canary", revision="0123456789ab", percent=percent, region=canary)
    changed = region.model_copy(update={"beside": beside})
    regions = tuple(changed if each.name == region.name else each for each in plan.regions)
    return plan.model_copy(update={"regions": regions})


def test_its_versions_are_told_apart_by_every_gateway(plan: Plan) -> None:
    changed = with_canary(plan)
    found = cloud.region_relays(changed, plan.regions[0], None, {"azure/eastus2": HOST})
    relays = [(each.name, each.managed and each.managed.deployment) for each in found]
    assert relays[1:3] == [("relay.azure/eastus2", "blue"), ("relay.azure/eastus2.green", "green")]
    region = GatewayRegion.of(changed.region("azure/eastus2"))
    assert GatewayRegion.told(region.telling()) == region


@pytest.mark.parametrize("region", ["aws/us-east-1", "gcp/europe-west4"])
def test_a_canary_of_it_is_reached_by_naming_the_region_too(plan: Plan, region: str) -> None:
    texts = objects(with_canary(plan), region)
    routes = yaml.safe_load(texts[f"routes.{region.replace('/', '-')}.yaml"])["resources"][0]
    pinned = [
        route
        for route in routes["virtual_hosts"][0]["routes"]
        if any(header["name"] == PIN_HEADER for header in route["match"].get("headers", ()))
    ]
    (asked,) = {each["match"]["headers"][0]["string_match"]["exact"] for each in pinned}
    (told,) = {each["response_headers_to_add"][0]["header"]["value"] for each in pinned}
    assert asked == told == "0123456789ab@azure/eastus2"
    (chain,) = {each["route"]["weighted_clusters"]["clusters"][0]["name"] for each in pinned}
    endpoints = texts[f"endpoints.{chain.replace('/', '-')}.yaml"]
    assert "replica: eastus2-green" in endpoints
    assert "replica: eastus2\n" not in endpoints


def test_its_share_is_split_by_every_gateway(tmp_path: Path) -> None:
    weighted = "routing: {policy: weighted}\n"
    plan = plan_of(tmp_path, SPEC.replace(", role: overflow", "") + weighted)
    for region in ("aws/us-east-1", "gcp/europe-west4"):
        texts = objects(with_canary(plan, 25), region)
        routes = yaml.safe_load(texts[f"routes.{region.replace('/', '-')}.yaml"])["resources"][0]
        last = routes["virtual_hosts"][0]["routes"][-2]["route"]["weighted_clusters"]["clusters"]
        shares = {each["name"]: each["weight"] for each in last}
        assert shares["azure/eastus2"] == 3 * shares["azure/eastus2.canary"]
        assert shares["aws/us-east-1"] == shares["azure/eastus2"] + shares["azure/eastus2.canary"]


def test_gateways_fill_its_key_in_only_where_there_is_one(plan: Plan, tmp_path: Path) -> None:
    assert filled_keys(plan) == ("default", "peer", "azure")
    without = plan_of(
        tmp_path, SPEC.replace("{name: azure/eastus2, variant: managed, role: overflow}", "aws/us-west-2")
    )
    assert filled_keys(without) == ("default", "peer")


def test_names_are_of_a_region_and_a_subscription_alone_and_short_enough() -> None:
    names = {
        azure_endpoint_name(stack, location, subscription)
        for stack in ("chat", "a-stack-with-a-name-of-more-than-thirty-two-characters")
        for location in ("eastus", "westus3")
        for subscription in ("one", "two")
    }
    assert len(names) == 8
    assert max(map(len, names)) <= 32
