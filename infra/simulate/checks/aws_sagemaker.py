"""SageMaker's models, configurations and endpoints.

Error texts: API reference of SageMaker (CreateModel, CreateEndpointConfig, CreateEndpoint, UpdateEndpoint)
and what users report of them; written down 2026-11-30.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from llmdeploy.infra.simulate.checks.aws_components import COPIES, component_of, managed_scaling
from llmdeploy.infra.simulate.checks.look import Check, Look, Problems, at
from llmdeploy.infra.simulate.fleet.endpoints import (
    CONFIGURATION,
    ENDPOINT,
    MODEL,
    PREFIX,
    broken,
    configured,
    failure_of,
    over_limit,
)
from llmdeploy.infra.simulate.offline import aws

_INVALID: Final = "ValidationException"
_IMAGE: Final = re.compile(
    r"^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/[^\s:@]+(?::[^\s@]+)?(?:@.+)?$"
)
_VARIABLE: Final = re.compile(r"^[a-zA-Z_][a-zA-Z0-9_]*$")
_MOST_VARIABLES: Final = 100
"""Source: botocore 1.44.8, EnvironmentMap and EnvironmentKey."""
_SERVICE: Final = "sagemaker.amazonaws.com"


def _one_way(look: Look) -> Problems:
    if look.given("primaryContainer") == look.given("containers"):
        yield _INVALID, "Exactly one of PrimaryContainer and Containers must be given."


def _containers(look: Look) -> Problems:
    for container in [look.get("primaryContainer"), *look.items("containers")]:
        if isinstance(container, dict):
            yield from _image(look, at(container, "image"))
            yield from _environment(at(container, "environment"))
            yield from _data(container)


def _image(look: Look, image: Any) -> Problems:
    if not isinstance(image, str):
        return
    found = _IMAGE.match(image)
    if found is None:
        yield _INVALID, f'Using non-ECR image "{image}" without Vpc repository access mode is not supported.'
    elif look.region and found[2] != look.region:
        yield _INVALID, f"Requested image {image} not found."


def _environment(environment: Any) -> Problems:
    if not isinstance(environment, dict):
        return
    if len(environment) > _MOST_VARIABLES:
        yield _INVALID, f"Environment must have at most {_MOST_VARIABLES} entries"
    for name in environment:
        if not _VARIABLE.match(str(name)):
            yield _INVALID, f"{name} is no name of an environment variable: [a-zA-Z_][a-zA-Z0-9_]*"


def _data(container: Any) -> Problems:
    sources = at(container, "modelDataSource.s3DataSources") or []
    if sources and at(container, "modelDataUrl"):
        yield _INVALID, "ModelDataUrl and ModelDataSource cannot be given together."
    for source in sources:
        uri, kind = at(source, "s3Uri"), at(source, "s3DataType")
        if kind == "S3Prefix" and isinstance(uri, str) and not uri.endswith("/"):
            yield _INVALID, f"S3Uri {uri} must end with a forward slash if S3DataType is S3Prefix."
        if kind == "S3Object" and isinstance(uri, str) and uri.endswith("/"):
            yield _INVALID, f"S3Uri {uri} must not end with a forward slash if S3DataType is S3Object."


def _role(look: Look) -> Problems:
    role = look.record(look.get("executionRoleArn"), "aws:iam/role:Role")
    trust = role.inputs.get("assumeRolePolicy") if role else None
    if role is not None and isinstance(trust, str) and _SERVICE not in _principals(trust):
        yield (
            _INVALID,
            (
                f"Could not assume role {role.outputs.get('arn')}. Please ensure that the role exists and "
                f"allows principal '{_SERVICE}' to assume the role."
            ),
        )


def _principals(trust: str) -> set[str]:
    try:
        statements = json.loads(trust)["Statement"]
    except (ValueError, KeyError, TypeError):
        return set()
    found: set[str] = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        named = at(statement, "Principal.Service", [])
        found |= {named} if isinstance(named, str) else set(named)
    return found


def _variants(look: Look) -> Problems:
    variants = look.items("productionVariants")
    names = [name for each in variants if isinstance(name := at(each, "variantName"), str)]
    if len(set(names)) != len(names):
        yield _INVALID, "Variant names of an endpoint configuration must be unique."
    for variant in variants:
        yield from _variant(look, variant)


def _variant(look: Look, variant: Any) -> Problems:
    kind, count = at(variant, "instanceType"), at(variant, "initialInstanceCount")
    serverless = at(variant, "serverlessConfig")
    if not serverless and isinstance(variant, dict) and "instanceType" not in variant:
        yield _INVALID, "InstanceType is needed for a variant that is not serverless."
    if isinstance(kind, str) and look.region and kind.startswith(PREFIX):
        offered = aws.offerings(look.region)
        if offered and kind.removeprefix(PREFIX) not in offered:
            yield _INVALID, f"The instance type {kind} is not available in {look.region}."
    if kind and count is None and "initialInstanceCount" not in variant:
        yield _INVALID, "InitialInstanceCount is needed with InstanceType."
    if "modelName" not in variant and not look.given("executionRoleArn"):
        yield _INVALID, "ExecutionRoleArn is needed where a variant names no model."
    yield from managed_scaling(look, variant)


def _quota(look: Look) -> Problems:
    variants = configured(look.store, look.get("endpointConfigName"))
    if told := over_limit(look.store, look.region, variants, look.number):
        yield "ResourceLimitExceeded", told


def _steps(look: Look) -> Problems:
    """5 to 50 % of the replicas, and a time in which the steps can be watched."""
    variants = configured(look.store, look.get("endpointConfigName"))
    count = sum(int(each.get("initialInstanceCount") or 1) for each in variants)
    rolling = look.get("deploymentConfig.rollingUpdatePolicy")
    if rolling is not None:
        size, kind = at(rolling, "maximumBatchSize.value"), at(rolling, "maximumBatchSize.type")
        percent = size if kind == "CAPACITY_PERCENT" else 100 * size / count if count and size else None
        if isinstance(percent, int | float) and not 5 <= percent <= 50:
            yield (
                _INVALID,
                f"MaximumBatchSize must be between 5% and 50% of the variant's instance count, {count}.",
            )
        yield from _time(rolling, at(rolling, "waitIntervalInSeconds", 0))
    blue_green = look.get("deploymentConfig.blueGreenUpdatePolicy")
    if blue_green is not None:
        wait = at(blue_green, "trafficRoutingConfiguration.waitIntervalInSeconds", 0)
        yield from _time(blue_green, wait + at(blue_green, "terminationWaitInSeconds", 0))
        yield from _routing(at(blue_green, "trafficRoutingConfiguration"))


def _time(policy: Any, waited: Any) -> Problems:
    most = at(policy, "maximumExecutionTimeoutInSeconds")
    if isinstance(most, int) and isinstance(waited, int) and most <= waited:
        yield (
            _INVALID,
            f"MaximumExecutionTimeoutInSeconds {most} must be larger than the total waiting time {waited}.",
        )


def _routing(routing: Any) -> Problems:
    kind = at(routing, "type")
    for name, of in (("canarySize", "CANARY"), ("linearStepSize", "LINEAR")):
        given, shown = isinstance(routing, dict) and name in routing, f"{name[0].upper()}{name[1:]}"
        if kind == of and not given:
            yield _INVALID, f"{shown} is needed for traffic routing of type {of}."
        if kind != of and given:
            yield _INVALID, f"{shown} is for traffic routing of type {of}, not {kind}."


def _failed(look: Look) -> Problems:
    """An endpoint that has failed can only be deleted."""
    before = look.store.get(look.number) if look.number else None
    if before is None or failure_of(look.store, before) is None:
        return
    if before.inputs.get("endpointConfigName") != look.get("endpointConfigName"):
        yield _INVALID, f"Cannot update endpoint {before.outputs.get('arn')} with status Failed."


def _rolled_back(look: Look) -> Problems:
    """An update to what does not start is taken back, and the endpoint goes on as it was."""
    told = configured(look.store, look.get("endpointConfigName")) if look.number and not look.planned else []
    if reason := broken(look.store, told):
        yield _INVALID, f"The update was rolled back: {reason}"


def _scaled(look: Look) -> Problems:
    if look.get("serviceNamespace") != "sagemaker":
        return
    resource, low = look.get("resourceId"), look.get("minCapacity")
    if look.get("scalableDimension") == "sagemaker:variant:DesiredInstanceCount":
        if isinstance(low, int) and low < 1:
            yield _INVALID, "Minimum capacity cannot be less than 1 for variants of an endpoint"
        yield from _endpoint_of(look, resource)
    elif look.get("scalableDimension") == COPIES:
        yield from component_of(look, resource)


def _endpoint_of(look: Look, resource: Any) -> Problems:
    if not isinstance(resource, str):
        return
    parts = resource.split("/")
    if len(parts) != 4 or (parts[0], parts[2]) != ("endpoint", "variant"):
        yield _INVALID, "Unsupported service namespace, resource type or scalable dimension"
        return
    # Every region has one of this name.
    here = (each for each in look.store.of(ENDPOINT) if each.region == look.region)
    endpoint = next((each for each in here if each.outputs.get("name") == parts[1]), None)
    if endpoint is None:
        if not look.planned:
            yield _INVALID, f'Could not find endpoint "{parts[1]}".'
        return
    told = configured(look.store, endpoint.inputs.get("endpointConfigName"))
    if told and parts[3] not in {each.get("variantName") for each in told}:
        yield _INVALID, f'Could not find variant "{parts[3]}" of endpoint "{parts[1]}".'


_METRICS: Final[dict[str, tuple[str, ...]]] = {
    "sagemaker:variant:DesiredInstanceCount": ("SageMakerVariant",),
    COPIES: ("SageMakerInferenceComponent",),
    "ecs:service:DesiredCount": ("ECSService", "ALBRequestCount"),
}
"""What the names of a dimension's metrics begin with. Source: botocore 1.44.8, application-autoscaling
MetricType."""


def _metric(look: Look) -> Problems:
    path = "targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.predefinedMetricType"
    metric, dimension = look.get(path), look.get("scalableDimension")
    begins = _METRICS.get(str(dimension))
    if isinstance(metric, str) and begins and not metric.startswith(begins):
        yield _INVALID, f"{metric} is no metric of {dimension}"


CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "aws:appautoscaling/policy:Policy": (_metric,),
    "aws:appautoscaling/target:Target": (_scaled,),
    CONFIGURATION: (_role, _variants),
    ENDPOINT: (_quota, _steps, _failed, _rolled_back),
    MODEL: (_one_way, _containers, _role),
}
