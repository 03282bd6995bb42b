"""What users ran into with these services, each held fast: the numbers are those of the facts that say so."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.modules.aws.golden import CASES, script
from tests.modules.aws.program import graph, pins, plan_of, regions
from tests.modules.aws.recorder import AMI, declared_by
from tests.modules.declared import Declared

from llmdeploy.modules.aws.image_name import UPSTREAMS, cache_prefix, registry, repository
from llmdeploy.modules.aws.lookups import hosted_zone_id
from llmdeploy.modules.aws.pins import RegionPins
from llmdeploy.modules.aws.task import ENVOY_IMAGE
from llmdeploy.serving.errors import LlmdeployError

SPEC = """\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
"""


@cache
def made(case: str, **how: Any) -> dict[str, Declared]:
    """The graph of a case by type and name."""
    declared = graph(plan_of(CASES / f"{case}.yaml"), **how)
    ours = (each for each in declared if each.type.startswith("aws:"))
    return {f"{each.type.rpartition(':')[2]} {each.name}": each for each in ours}


def inputs(case: str, key: str, **how: Any) -> dict[str, Any]:
    return made(case, **how)[key].inputs


def test_the_launch_template_names_an_ami_and_the_group_a_version() -> None:
    """0.2: a refresh never starts for $Latest, and cannot roll back a parameter's name."""
    assert inputs("one-region", "LaunchTemplate aws-us-east-1-fleet")["imageId"] == AMI
    policy = inputs("one-region", "Group aws-us-east-1-fleet")["mixedInstancesPolicy"]
    assert policy["launchTemplate"]["launchTemplateSpecification"]["version"] == "1"


def test_a_region_without_capacity_holds_up_nothing() -> None:
    """G2, G3: the first failed activity would end the update, and the group would be lost to the state."""
    for name in ("fleet", "fallback"):
        group = inputs("spot-with-fallback", f"Group aws-us-west-2-{name}")
        assert group["waitForCapacityTimeout"] == "0"
        assert group["ignoreFailedScalingActivities"] is True
    service = inputs("one-region", "Service aws-us-east-1-gateway")
    assert service["waitForSteadyState"] is False


def test_a_deployment_takes_no_replica_away_under_load() -> None:
    """A2."""
    found = made("two-regions")
    assert found["Group aws-us-east-1-fleet"].options["ignoreChanges"] == ["desiredCapacity"]
    assert found["Service aws-us-east-1-gateway"].options["ignoreChanges"] == ["desiredCount"]
    assert "desiredCapacity" not in found["Group aws-us-east-1-fleet"].inputs


def test_deleting_waits_as_long_as_answers_may_take() -> None:
    found = made("one-region")
    assert found["Group aws-us-east-1-fleet"].options["deleteWithin"] == "20m"


def test_replicas_get_the_time_to_load() -> None:
    """A2: a group that judged them sooner would replace them for ever."""
    plan = plan_of(CASES / "spot-large.yaml")
    startup = plan.regions[0].startup
    assert startup is not None
    group = inputs("spot-large", "Group aws-us-east-1-fleet")
    assert group["healthCheckType"] == "ELB"
    assert group["healthCheckGracePeriod"] == startup.grace_s > 900
    assert group["defaultInstanceWarmup"] == startup.warm_up_s


def test_a_refresh_launches_first_stops_at_checkpoints_and_goes_back() -> None:
    preferences = inputs("domain", "Group aws-us-east-1-fleet")["instanceRefresh"]["preferences"]
    assert (preferences["minHealthyPercentage"], preferences["maxHealthyPercentage"]) == (100, 150)
    assert preferences["checkpointPercentages"] == [50, 100]
    assert preferences["autoRollback"] is True
    assert preferences["alarmSpecification"] == {"alarms": ["aws-us-east-1-errors-1a2b3c4"]}


def test_a_broken_fleet_can_be_mended() -> None:
    """An alarm that its absence raises would roll back every mend."""
    errors = inputs("one-region", "MetricAlarm aws-us-east-1-errors")
    assert errors["treatMissingData"] == "notBreaching"
    assert inputs("one-region", "MetricAlarm aws-us-east-1-lost")["treatMissingData"] == "breaching"


def test_spot_falls_back_by_a_second_group() -> None:
    """0.10: a group never turns a failed spot request into an on-demand one."""
    spot = inputs("spot-with-fallback", "Group aws-us-west-2-fleet")
    fallback = inputs("spot-with-fallback", "Group aws-us-west-2-fallback")
    bought = spot["mixedInstancesPolicy"]["instancesDistribution"]
    assert bought["onDemandPercentageAboveBaseCapacity"] == 0
    assert bought["spotAllocationStrategy"] == "price-capacity-optimized"
    full = fallback["mixedInstancesPolicy"]["instancesDistribution"]
    assert full["onDemandPercentageAboveBaseCapacity"] == 100
    assert (fallback["minSize"], fallback["maxSize"]) == (0, spot["maxSize"])
    assert fallback["targetGroupArns"] == spot["targetGroupArns"]
    assert set(spot["enabledMetrics"]) == {"GroupDesiredCapacity", "GroupInServiceInstances"}


def test_the_fallback_goes_only_when_returned_instances_had_time_to_load() -> None:
    plan = plan_of(CASES / "spot-with-fallback.yaml")
    startup = plan.regions[0].startup
    assert startup is not None
    covered = inputs("spot-with-fallback", "MetricAlarm aws-us-west-2-covered")
    assert covered["datapointsToAlarm"] * 60 > startup.timeout_s
    assert inputs("spot-with-fallback", "MetricAlarm aws-us-west-2-short")["datapointsToAlarm"] == 5


def test_the_load_is_a_mean_that_falls_as_replicas_grow() -> None:
    """A3."""
    tracked = inputs("two-regions", "Policy aws-us-east-1-load")["targetTrackingConfiguration"]
    metric = tracked["customizedMetricSpecification"]
    assert metric["statistic"] == "Average"
    assert (metric["namespace"], metric["metricName"]) == ("LLMDeploy", "ReplicaLoad")
    text = script(inputs("two-regions", "LaunchTemplate aws-us-east-1-fleet")["userData"])
    assert "NAMESPACE=LLMDeploy" in text
    assert "METRIC=ReplicaLoad" in text
    assert '--dimensions "Stack=$STACK"' in text
    assert metric["metricDimensions"] == [{"name": "Stack", "value": "chat"}]


def test_a_fixed_number_of_replicas_is_not_scaled() -> None:
    assert not [key for key in made("one-region") if key.startswith("Policy aws-us-east-1-load")]


def test_silent_answers_are_not_cut_after_a_minute() -> None:
    """A4: both load balancers let a request be silent as long as the gateway does."""
    for name in ("fleet", "front"):
        assert inputs("one-region", f"LoadBalancer aws-us-east-1-{name}")["idleTimeout"] == 3600


def test_servers_keep_connections_longer_than_load_balancers_do() -> None:
    """0.9, G1: otherwise a request meets a connection that is just being closed."""
    text = script(inputs("one-region", "LaunchTemplate aws-us-east-1-fleet")["userData"])
    (line,) = [each for each in text.splitlines() if each.startswith("VLLM_HTTP_TIMEOUT_KEEP_ALIVE=")]
    idle = inputs("one-region", "LoadBalancer aws-us-east-1-fleet")["idleTimeout"]
    assert int(line.partition("=")[2]) > idle


def test_requests_go_to_the_replica_with_the_fewest() -> None:
    """A4: least outstanding requests excludes slow start."""
    target = inputs("one-region", "TargetGroup aws-us-east-1-fleet")
    assert target["loadBalancingAlgorithmType"] == "least_outstanding_requests"
    assert "slowStart" not in target
    assert target["deregistrationDelay"] >= 300


def test_the_accelerator_gets_every_region_by_weight_not_by_dial() -> None:
    """A6: a dial of 0 is ignored on failover, and affinity would hold clients to a lost region."""
    found = made("two-regions")
    assert found["Listener aws-front"].inputs["clientAffinity"] == "NONE"
    groups = {key: each for key, each in found.items() if key.startswith("EndpointGroup ")}
    assert len(groups) == 2
    for each in groups.values():
        assert "trafficDialPercentage" not in each.inputs
        (endpoint,) = each.inputs["endpointConfigurations"]
        assert endpoint["weight"] == 128
        assert "front" in endpoint["endpointId"]


def test_one_region_has_no_accelerator() -> None:
    assert not [key for key in made("one-region") if "Accelerator" in key]


def test_gateways_are_not_ended_because_no_replica_answers() -> None:
    """ECS ends tasks that fail the load balancer's check, which fails while the fleets are loading."""
    service = inputs("one-region", "Service aws-us-east-1-gateway")
    assert service["healthCheckGracePeriodSeconds"] == 2_147_483_647
    task = json.loads(inputs("one-region", "TaskDefinition aws-us-east-1-gateway")["containerDefinitions"])
    envoy = next(each for each in task if each["name"] == "envoy")
    assert envoy["healthCheck"]["command"][-1].endswith("/dev/tcp/127.0.0.1/8080")
    assert envoy["dependsOn"] == [{"containerName": "config", "condition": "HEALTHY"}]


def test_a_lost_sidecar_takes_no_gateway_with_it() -> None:
    task = json.loads(inputs("one-region", "TaskDefinition aws-us-east-1-gateway")["containerDefinitions"])
    config = next(each for each in task if each["name"] == "config")
    assert config["essential"] is False
    assert config["restartPolicy"]["enabled"] is True


def test_a_load_balancer_stands_in_every_zone_that_has_replicas() -> None:
    """It sends nothing to zones that it does not stand in."""
    fleet = inputs("one-region", "Group aws-us-east-1-fleet", offering="abcdf")["vpcZoneIdentifiers"]
    balancer = inputs("one-region", "LoadBalancer aws-us-east-1-fleet", offering="abcdf")["subnets"]
    assert len(fleet) == 5
    assert set(fleet) <= set(balancer)


def test_one_zone_that_offers_the_instance_is_enough() -> None:
    """A load balancer needs two."""
    found = made("one-region", offering="b")
    assert found["Group aws-us-east-1-fleet"].inputs["vpcZoneIdentifiers"] == ["aws-us-east-1-private-b-id"]
    assert len(found["LoadBalancer aws-us-east-1-front"].inputs["subnets"]) == 2


def test_a_further_zone_moves_no_subnet() -> None:
    few, many = made("one-region", offering="bd"), made("one-region", offering="abcd")
    for key, each in few.items():
        if key.startswith("Subnet"):
            assert many[key].inputs == each.inputs


def test_image_layers_and_weights_do_not_cross_the_nat() -> None:
    s3 = inputs("one-region", "VpcEndpoint aws-us-east-1-endpoints-s3")
    assert s3["vpcEndpointType"] == "Gateway"
    assert s3["routeTableIds"] == ["aws-us-east-1-private-id"]
    ecr = inputs("one-region", "VpcEndpoint aws-us-east-1-endpoints-ecr-dkr")
    assert ecr["privateDnsEnabled"] is True
    assert len(ecr["subnetIds"]) == 2


def test_a_node_learns_that_a_model_is_not_mirrored() -> None:
    """Without the right to list, S3 answers 403 in place of 404; a condition on the prefix takes it away."""
    document = json.loads(inputs("one-region", "RolePolicy aws-us-east-1-node")["policy"])
    (listing,) = [each for each in document["Statement"] if "s3:ListBucket" in each["Action"]]
    assert "Condition" not in listing


def test_docker_hub_is_cached_with_a_login_and_asked_directly_without() -> None:
    cached = made("one-region", docker_login=True)
    rule = cached["PullThroughCacheRule aws-us-east-1-images-docker-hub"].inputs
    assert rule["upstreamRegistryUrl"] == "registry-1.docker.io"
    assert "secret:ecr-pullthroughcache/" in rule["credentialArn"]
    text = script(cached["LaunchTemplate aws-us-east-1-fleet"].inputs["userData"])
    assert ".dkr.ecr.us-east-1.amazonaws.com/" in text
    direct = script(inputs("one-region", "LaunchTemplate aws-us-east-1-fleet")["userData"])
    assert "IMAGE=docker.io/vllm/vllm-openai@sha256:" in direct


def test_a_cached_image_needs_no_right_to_make_repositories() -> None:
    found = made("one-region", docker_login=True)
    document = found["RolePolicy aws-us-east-1-node"].inputs["policy"]
    assert "ecr:CreateRepository" not in document
    assert "ecr:BatchImportUpstreamImage" in document
    repositories = [each.inputs["name"] for key, each in found.items() if key.startswith("Repository ")]
    assert sorted(name.split("/", 2)[2] for name in repositories) == [
        "aws-cli/aws-cli",
        "envoyproxy/envoy",
        "vllm/vllm-openai",
    ]


@pytest.mark.parametrize("upstream", UPSTREAMS.values(), ids=lambda upstream: upstream.short)
def test_the_prefix_of_a_cache_fits(upstream: Any) -> None:
    """ECR takes 2 to 30 characters (CreatePullThroughCacheRule)."""
    assert 2 <= len(cache_prefix("a-very-long-name-of-a-stack-production", upstream)) <= 30


def test_images_by_name() -> None:
    assert (registry("vllm/vllm-openai"), repository("vllm/vllm-openai")) == ("docker.io", "vllm/vllm-openai")
    assert (registry("ghcr.io/a/b"), repository("ghcr.io/a/b")) == ("ghcr.io", "a/b")
    assert repository("python") == "library/python"


def test_a_digest_that_is_not_known_is_an_error_with_its_mend() -> None:
    with pytest.raises(LlmdeployError, match=r"envoyproxy/envoy:.* is not known; run `llmdeploy preflight`"):
        RegionPins(digests={}).digest(ENVOY_IMAGE)


def test_no_zone_is_an_error_with_its_mend() -> None:
    with pytest.raises(LlmdeployError, match=r"no zone of aws/us-east-1 offers g6\.xlarge"):
        made("one-region", offering="")


def test_all_regions_of_an_account_share_the_proof_of_a_domain() -> None:
    """ACM gives the same record for the same domain in every region: a second one would be refused
    (hashicorp/terraform-provider-aws#13653).
    """
    found = made("domain")
    assert [key for key in found if key.endswith("-proof")] == ["Record aws-certificate-proof"]
    validated = [each.inputs for key, each in found.items() if key.startswith("CertificateValidation ")]
    assert len({tuple(each["validationRecordFqdns"]) for each in validated}) == 1
    assert {each["region"] for each in validated} == {"us-east-1", "eu-north-1"}


def test_the_closest_hosted_zone_holds_the_domain() -> None:
    found: list[str] = []
    zones = ("example.com", "eu.example.com")
    declared_by(lambda: found.append(hosted_zone_id("chat.eu.example.com")), hosted_zones=zones)
    assert found == ["ZPUBLIC"]
    with pytest.raises(LlmdeployError, match=r"no public hosted zone that holds chat\.example\.org"):
        declared_by(lambda: found.append(hosted_zone_id("chat.example.org")))


def test_a_name_in_front_of_both_clouds_leads_to_the_nearest_front_that_is_well() -> None:
    found = made("both-clouds")
    ours = found["Record aws-domain-aws-us-east-1"].inputs
    theirs = found["Record aws-domain-gcp-europe-west4"].inputs
    assert ours["geoproximityRoutingPolicy"] == {"awsRegion": "us-east-1"}
    assert theirs["geoproximityRoutingPolicy"]["coordinates"] == [{"latitude": "53.44", "longitude": "6.84"}]
    for record in (ours, theirs):
        assert record["healthCheckId"]
        assert record["setIdentifier"]
    check = found["HealthCheck aws-domain-gcp-europe-west4"].inputs
    assert (check["type"], check["resourcePath"], check["enableSni"]) == ("HTTPS", "/health", True)
    assert (check["ipAddress"], check["fqdn"]) == ("203.0.113.10", "chat.example.com")


def test_failover_between_clouds_follows_the_spec() -> None:
    found = made("tgi-failover")
    first = found["Record aws-domain-aws-eu-west-1"].inputs["failoverRoutingPolicies"]
    second = found["Record aws-domain-gcp-us-central1"].inputs["failoverRoutingPolicies"]
    assert (first, second) == ([{"type": "PRIMARY"}], [{"type": "SECONDARY"}])


def test_other_clouds_are_peers_by_address() -> None:
    record = inputs("both-clouds", "Record aws-us-east-1-to-gcp-europe-west4")
    assert (record["type"], record["name"]) == ("A", "gcp-europe-west4.chat.llmdeploy.internal")


def test_a_protected_deployment_keeps_its_load_balancers_and_its_weights() -> None:
    found = made("spot-large")
    assert found["LoadBalancer aws-us-east-1-front"].inputs["enableDeletionProtection"] is True
    assert found["Bucket aws-us-east-1-bucket"].inputs["forceDestroy"] is False
    assert made("one-region")["Bucket aws-us-east-1-bucket"].inputs["forceDestroy"] is True


def test_an_unpinned_region_asks_and_a_pinned_one_says_what_it_was_made_from(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text(f"{SPEC}regions: [aws/us-east-1]\n", "utf-8")
    (region,) = regions(plan_of(file))
    assert pins(region).machine_image is None


def test_nodes_that_need_no_hub_do_not_reach_the_internet() -> None:
    """Weights in the bucket, the image in the region's cache: all that is left is inside the network."""
    plan = plan_of(CASES / "one-region.yaml")
    own = plan.model_copy(update={"model": plan.model.model_copy(update={"id": "/srv/models/own"})})
    names = {each.name for each in graph(own, docker_login=True)}
    assert "aws-us-east-1-node-to-internet-out" not in names
    assert "aws-us-east-1-gateway-to-internet-out" not in names
    assert "aws-us-east-1-node-to-s3-out" in names
    assert "aws-us-east-1-node-to-internet-out" in {each.name for each in graph(own)}
