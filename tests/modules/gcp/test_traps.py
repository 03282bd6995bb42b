"""Properties that have cost others an outage, each pinned."""

from __future__ import annotations

from typing import Any

import pytest
from tests.modules.declared import Declared
from tests.modules.gcp.golden import CASES
from tests.modules.gcp.program import graph, plan_of

from llmdeploy.infra.simulate.schema import replaces
from llmdeploy.modules.gcp.pins import RegionPins
from llmdeploy.serving.errors import LlmdeployError

GROUP = "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager"


@pytest.fixture(scope="module", params=sorted(CASES.glob("*.yaml")), ids=lambda spec: spec.stem)
def declared(request: pytest.FixtureRequest) -> list[Declared]:
    return graph(plan_of(request.param))


def of(declared: list[Declared], kind: str) -> list[dict[str, Any]]:
    return [each.inputs for each in declared if each.type.endswith(f":{kind}")]


def fleets(declared: list[Declared]) -> list[Declared]:
    return [each for each in declared if each.type == GROUP and "gateway" not in each.name]


def test_no_backend_cuts_streams_at_googles_thirty_seconds(declared: list[Declared]) -> None:
    services = of(declared, "BackendService") + of(declared, "RegionBackendService")
    assert {service["timeoutSec"] for service in services} == {3600}
    inner = [way for urls in of(declared, "RegionUrlMap") for way in urls["pathMatchers"]]
    ways = of(declared, "URLMap") + inner
    assert {way["defaultRouteAction"]["timeout"]["seconds"] for way in ways} == {"3600"}


def test_the_gateways_checks_are_not_counted_among_requests(declared: list[Declared]) -> None:
    """Cloud Monitoring counts by backend service. Gateways ask the page that the load balancer asks too."""
    pages = {check["httpHealthCheck"]["requestPath"] for check in of(declared, "RegionHealthCheck")}
    for urls in of(declared, "RegionUrlMap"):
        (way,) = urls["pathMatchers"]
        (rule,) = way["pathRules"]
        assert set(rule["paths"]) == pages
        assert (
            rule["service"].rpartition("/")[2].replace("-checked-", "-backend-")
            == (way["defaultService"].rpartition("/")[2])
        )
        assert urls["defaultService"] == way["defaultService"] != rule["service"]


def test_pulumi_waits_for_no_instance(declared: list[Declared]) -> None:
    assert {group["waitForInstances"] for group in of(declared, "RegionInstanceGroupManager")} == {False}


def test_a_surge_is_at_least_the_number_of_zones(declared: list[Declared]) -> None:
    for group in of(declared, "RegionInstanceGroupManager"):
        policy = group["updatePolicy"]
        assert policy["maxSurgeFixed"] >= len(group.get("distributionPolicyZones", [None] * 4))
        assert policy["maxUnavailableFixed"] == 0
        assert policy["replacementMethod"] == "SUBSTITUTE"


def test_a_zone_without_gpus_keeps_no_instance_back(declared: list[Declared]) -> None:
    for group in fleets(declared):
        assert group.inputs["distributionPolicyTargetShape"] == "BALANCED"
        assert group.inputs["updatePolicy"]["instanceRedistributionType"] == "NONE"
        assert len(group.inputs["versions"]) == 1


def test_healing_is_laxer_than_routing_and_waits_for_the_load(declared: list[Declared]) -> None:
    checks = {each.name: each.inputs for each in declared if each.type.endswith(("HealthCheck",))}
    for group in fleets(declared):
        region = group.name.rpartition("-group")[0].rpartition("-")[0]
        healing = checks[group.name.replace("-group", "-healing")]
        traffic = checks[f"{region}-fleet-health"]
        assert _patience(healing) > 2 * _patience(traffic)
        delay = group.inputs["autoHealingPolicies"]["initialDelaySec"]
        assert 600 <= delay <= 3600


def test_no_instance_can_take_the_fleets_address(declared: list[Declared]) -> None:
    """Instances take the addresses of their subnet as they come: the fleet's must be reserved before."""
    templates = [each for each in declared if each.type.endswith(":RegionInstanceTemplate")]
    assert templates
    for template in templates:
        assert f"gcp-{template.inputs['region']}-network-fleet" in template.needs, template.name


def test_an_autoscaler_is_not_fought(declared: list[Declared]) -> None:
    scaled = {each.inputs["target"] for each in declared if each.type.endswith(":RegionAutoscaler")}
    for group in (each for each in declared if each.type == GROUP):
        follows = any(group.name in target for target in scaled)
        assert ("targetSize" not in group.inputs) is follows, group.name


def test_templates_have_no_name_of_their_own_choice(declared: list[Declared]) -> None:
    """A template in use cannot be deleted, so its successor must come first, under another name."""
    for each in declared:
        if each.type.endswith((":RegionInstanceTemplate", ":RegionInstanceGroupManager", ":SSLCertificate")):
            assert "name" not in each.inputs
            assert "deleteBeforeReplace" not in each.options


def test_gpus_are_named_only_beside_machines_without(declared: list[Declared]) -> None:
    for template in of(declared, "RegionInstanceTemplate"):
        beside = template.get("guestAccelerators")
        assert bool(beside) is template["machineType"].startswith("n1-")
        if beside or template["machineType"][0] in "ag":
            assert template["scheduling"]["onHostMaintenance"] == "TERMINATE"


def test_spot_instances_do_not_restart_themselves(declared: list[Declared]) -> None:
    for template in of(declared, "RegionInstanceTemplate"):
        spot = template["scheduling"]["provisioningModel"] == "SPOT"
        assert template["scheduling"]["preemptible"] is spot
        assert template["scheduling"]["automaticRestart"] is not spot


def test_new_machines_boot_from_hyperdisk(declared: list[Declared]) -> None:
    for template in of(declared, "RegionInstanceTemplate"):
        new = template["machineType"].startswith(("a3-", "a4-", "g4-"))
        (disk,) = template["disks"]
        assert (disk["diskType"] == "hyperdisk-balanced") is new


def test_secrets_replication_would_not_change_with_the_regions(declared: list[Declared]) -> None:
    assert replaces("gcp:secretmanager/secret:Secret", "replication")
    for secret in of(declared, "Secret"):
        assert secret["replication"] == {"auto": {}}


def test_the_nat_carries_a_lost_regions_requests(declared: list[Declared]) -> None:
    for nat in of(declared, "RouterNat"):
        assert nat["enableDynamicPortAllocation"] is True
        assert nat["enableEndpointIndependentMapping"] is False
        assert nat["minPortsPerVm"] >= 1024
        assert nat["maxPortsPerVm"] >= 8192


def test_errors_do_put_replicas_aside(declared: list[Declared]) -> None:
    for service in of(declared, "RegionBackendService"):
        assert service["outlierDetection"]["enforcingConsecutiveErrors"] == 100


def test_gateways_are_not_replaced_because_fleets_are_down(declared: list[Declared]) -> None:
    checks = [each.inputs for each in declared if each.name.endswith("-gateway-healing")]
    assert checks
    for check in checks:
        assert "httpHealthCheck" not in check
        assert check["tcpHealthCheck"] == {"port": 8080}


def test_other_regions_are_reached_at_their_own_addresses() -> None:
    """The clients' address leads to the nearest region: from a gateway, back to itself."""
    found = graph(plan_of(CASES / "domain.yaml"))
    peers = {each.name: each.inputs for each in found if each.name.startswith("gcp-peers-")}
    fronts = {each.name: each.inputs for each in found if each.type.endswith(":GlobalForwardingRule")}
    for region in ("gcp-europe-west4", "gcp-us-central1"):
        assert peers[f"gcp-peers-{region}"]["rrdatas"] == [fronts[f"gcp-front-{region}-entry"]["ipAddress"]]
        backend = next(each.inputs for each in found if each.name == f"gcp-front-{region}-backend")
        assert [region in each["group"] for each in backend["backends"]] == [True]


def test_a_digest_that_is_not_known_is_an_error_with_its_mend() -> None:
    pins = RegionPins(node_image="a", gateway_image="b", zones=("c",), digests={})
    with pytest.raises(LlmdeployError) as refused:
        pins.digest("vllm/vllm-openai:v1")
    assert str(refused.value) == (
        "the digest of the container image vllm/vllm-openai:v1 is not known; "
        "run `llmdeploy preflight`, which asks its registry"
    )


def _patience(check: dict[str, Any]) -> int:
    return int(check["checkIntervalSec"] * check["unhealthyThreshold"])
