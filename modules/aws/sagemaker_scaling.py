"""How many replicas an endpoint has: by the requests that each runs at once."""

from __future__ import annotations

from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.scaling import SETTLING_S, TARGET_LOAD
from llmdeploy.modules.aws.scope import Scope
from llmdeploy.serving.plan.model import RegionPlan

SERVICE = "sagemaker"


class Scaled(NamedTuple):
    """What there are more or fewer of, and the metric of the requests that each runs at once."""

    dimension: str
    metric: str


INSTANCES = Scaled(
    "sagemaker:variant:DesiredInstanceCount", "SageMakerVariantConcurrentRequestsPerModelHighResolution"
)
"""Every ten seconds, where invocations are counted by the minute
(docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-policy)."""
COPIES = Scaled(
    "sagemaker:inference-component:DesiredCopyCount",
    "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
)
"""As of an endpoint's instances, by the copy."""


def scale_endpoint(
    scope: Scope,
    version: RegionPlan,
    endpoint: pulumi.Output[str],
    variant: str,
    opts: pulumi.ResourceOptions,
) -> None:
    """Keep as many replicas as are wanted at least, and hold the load of each at the target: requests at once
    over those that it runs at once. Metrics are the endpoint's own, so both versions scale by themselves in a
    rollout.

    Registering is what changes a number that is fixed: Application Auto Scaling brings an endpoint that is
    outside of its bounds back into them (from memory).
    """
    resource = pulumi.Output.concat("endpoint/", endpoint, "/variant/", variant)
    scale_by_load(scope, version, INSTANCES, resource, max(1, version.min_replicas), opts)


def scale_by_load(
    scope: Scope,
    version: RegionPlan,
    scaled: Scaled,
    resource: pulumi.Output[str],
    least: int,
    opts: pulumi.ResourceOptions,
) -> aws.appautoscaling.Target:
    """Register what is scaled, and hold its load at the target, unless its number is fixed.

    Args:
        resource: as Application Auto Scaling names it.
    """
    assert version.startup is not None
    target = aws.appautoscaling.Target(
        scope.named(names.ENDPOINT),
        service_namespace=SERVICE,
        scalable_dimension=scaled.dimension,
        resource_id=resource,
        min_capacity=least,
        max_capacity=max(1, version.max_replicas),
        region=scope.location,
        tags=scope.tags(names.ENDPOINT),
        opts=opts,
    )
    if version.max_replicas == version.min_replicas:
        return target
    aws.appautoscaling.Policy(
        scope.named(names.ENDPOINT),
        policy_type="TargetTrackingScaling",
        service_namespace=target.service_namespace,
        scalable_dimension=target.scalable_dimension,
        resource_id=target.resource_id,
        target_tracking_scaling_policy_configuration={
            "target_value": _requests_at_once(version),
            "predefined_metric_specification": {"predefined_metric_type": scaled.metric},
            # A replica asked for shows in the load once it has started.
            "scale_out_cooldown": version.startup.expected_s,
            "scale_in_cooldown": SETTLING_S,
        },
        region=scope.location,
        opts=opts,
    )
    return target


def _requests_at_once(version: RegionPlan) -> float:
    """Of one replica, at the load that scaling holds."""
    return round((version.target_load or TARGET_LOAD) * version.server.concurrency, 2)
