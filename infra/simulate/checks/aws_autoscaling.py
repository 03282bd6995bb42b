"""Auto Scaling groups, their policies, and Application Auto Scaling."""

from __future__ import annotations

from typing import Any, Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems, at
from llmdeploy.infra.simulate.offline import aws

_LATEST: Final = frozenset({"$Latest", "$Default"})


def _sizes(look: Look) -> Problems:
    low, high, wanted = look.get("minSize"), look.get("maxSize"), look.get("desiredCapacity")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield "ValidationError", f"Max bound, {high}, must be greater than or equal to min bound, {low}"
    if isinstance(wanted, int) and isinstance(high, int) and wanted > high:
        yield (
            "ValidationError",
            f"Desired capacity:{wanted} must be between the specified min size:{low} and max size:{high}",
        )
    if isinstance(wanted, int) and isinstance(low, int) and wanted < low:
        yield (
            "ValidationError",
            f"Desired capacity:{wanted} must be between the specified min size:{low} and max size:{high}",
        )


def _one_template(look: Look) -> Problems:
    ways = ("launchConfiguration", "launchTemplate", "mixedInstancesPolicy")
    if sum(look.given(each) for each in ways) != 1:
        yield "ValidationError", f"exactly one of {', '.join(ways)} is needed"
    if not look.given("vpcZoneIdentifiers") and not look.given("availabilityZones"):
        yield "ValidationError", "At least one Availability Zone or VPC Subnet is required."


def _offered(look: Look) -> Problems:
    types = _types(look)
    for zone in look.zones_of(look.items("vpcZoneIdentifiers")):
        offered = aws.offerings(zone[:-1])
        if types and not any(zone in offered.get(kind, ()) for kind in types):
            yield (
                "ValidationError",
                (
                    "You must use a valid fully-formed launch template. Your requested instance type "
                    f"({', '.join(types)}) is not supported in your requested Availability Zone ({zone})."
                ),
            )
    for kind in types:
        if kind not in aws.instance_types():
            yield "ValidationError", f"The instance type '{kind}' does not exist"


def _types(look: Look) -> list[str]:
    overrides = look.items("mixedInstancesPolicy.launchTemplate.overrides")
    named = [at(each, "instanceType") for each in overrides]
    if any(named):
        return [each for each in named if isinstance(each, str)]
    handle = look.get("launchTemplate.id") or look.get("launchTemplate.name")
    handle = handle or look.get(
        "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.launchTemplateId"
    )
    template = look.record(handle, "aws:ec2/launchTemplate:LaunchTemplate")
    kind = template.inputs.get("instanceType") if template else None
    return [kind] if kind else []


def _refresh(look: Look) -> Problems:
    preferences = look.get("instanceRefresh.preferences", {})
    version = look.get("launchTemplate.version") or look.get(
        "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version"
    )
    if at(preferences, "autoRollback") is True and version in _LATEST:
        yield "ValidationError", f"auto rollback is not supported with launch template version {version}"
    percentages = at(preferences, "checkpointPercentages", [])
    if percentages and percentages[-1] != 100:
        yield "ValidationError", "The last value of CheckpointPercentages must be 100"
    if percentages and percentages != sorted(set(percentages)):
        yield "ValidationError", "CheckpointPercentages must be unique and in ascending order"
    low, high = at(preferences, "minHealthyPercentage"), at(preferences, "maxHealthyPercentage")
    if isinstance(low, int) and isinstance(high, int) and not 0 <= high - low <= 100:
        yield (
            "ValidationError",
            "The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than 100",
        )


def _version(look: Look) -> Problems:
    for spec in (
        look.get("launchTemplate"),
        look.get("mixedInstancesPolicy.launchTemplate.launchTemplateSpecification"),
    ):
        handle = (
            at(spec, "id")
            or at(spec, "launchTemplateId")
            or at(spec, "name")
            or at(spec, "launchTemplateName")
        )
        template = look.record(handle, "aws:ec2/launchTemplate:LaunchTemplate")
        version = at(spec, "version")
        if template is None or version is None or version in _LATEST:
            continue
        latest = template.outputs.get("latestVersion", 1)
        if not str(version).isdigit() or not 1 <= int(version) <= latest:
            yield (
                "ValidationError",
                (
                    f"The specified launch template version, {version}, does not exist. Versions: 1 to "
                    f"{latest}."
                ),
            )


def _warm_pool(look: Look) -> Problems:
    if look.given("warmPool") and look.given("mixedInstancesPolicy"):
        yield (
            "ValidationError",
            "You cannot add a warm pool to an Auto Scaling group with a mixed instances policy",
        )


def _policy(look: Look) -> Problems:
    kind = look.get("policyType", "SimpleScaling")
    needs = {
        "TargetTrackingScaling": "targetTrackingConfiguration",
        "StepScaling": "stepAdjustments",
        "PredictiveScaling": "predictiveScalingConfiguration",
        "SimpleScaling": "scalingAdjustment",
    }.get(kind)
    if needs and not look.given(needs):
        yield "ValidationError", f"{needs} is needed for policy type {kind}"
    if kind == "TargetTrackingScaling" and look.given("targetTrackingConfiguration"):
        yield from _metric(
            look.get("targetTrackingConfiguration", {}),
            "customizedMetricSpecification",
            "predefinedMetricSpecification",
        )


def _metric(configuration: Any, *ways: str) -> Problems:
    if sum(each in configuration for each in ways) != 1:
        yield "ValidationError", f"exactly one of {' and '.join(ways)} is needed"
    queries = at(configuration, f"{ways[0]}.metrics", [])
    returning = [each for each in queries if at(each, "returnData", True)]
    if queries and len(returning) != 1:
        yield "ValidationError", "Exactly one metric query must return data"


def _scalable_target(look: Look) -> Problems:
    low, high = look.get("minCapacity"), look.get("maxCapacity")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield "ValidationException", "Maximum capacity cannot be less than minimum capacity"
    resource = look.get("resourceId")
    if look.get("serviceNamespace") == "ecs" and isinstance(resource, str):
        parts = resource.split("/")
        clusters = look.store.of("aws:ecs/service:Service")
        names = {
            (str(each.inputs.get("cluster")).rpartition("/")[2], each.outputs.get("name"))
            for each in clusters
        }
        if len(parts) != 3 or parts[0] != "service":
            yield "ValidationException", "Unsupported service namespace, resource type or scalable dimension"
        elif (parts[1], parts[2]) not in names:
            yield "ValidationException", f"ECS service doesn't exist: {resource}"


def _service_policy(look: Look) -> Problems:
    if look.get("policyType") == "TargetTrackingScaling" and look.given(
        "targetTrackingScalingPolicyConfiguration"
    ):
        yield from _metric(
            look.get("targetTrackingScalingPolicyConfiguration", {}),
            "customizedMetricSpecification",
            "predefinedMetricSpecification",
        )


CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "aws:appautoscaling/policy:Policy": (_service_policy,),
    "aws:appautoscaling/target:Target": (_scalable_target,),
    "aws:autoscaling/group:Group": (_sizes, _one_template, _offered, _refresh, _version, _warm_pool),
    "aws:autoscaling/policy:Policy": (_policy,),
}
