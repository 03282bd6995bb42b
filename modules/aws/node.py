"""What a region's instances are told at their start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from llmdeploy.serving.frameworks.launch import API_KEY, Launch
from llmdeploy.serving.gateway.cloud import CLIENT
from llmdeploy.serving.node.request import SecretSource, node_request
from llmdeploy.serving.node.user_data import aws_user_data, encoded
from llmdeploy.serving.plan.model import Plan, RegionPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionSecrets:
    """ARNs, in the region: of the API keys, of the hub's token, and of registries' logins by registry."""

    keys: pulumi.Output[str] | None = None
    hub_token: pulumi.Output[str] | None = None
    logins: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


def user_data(
    plan: Plan,
    region: RegionPlan,
    *,
    image: pulumi.Output[str],
    bucket: pulumi.Output[str],
    log_group: pulumi.Output[str],
    target_groups: Sequence[pulumi.Output[str]],
    secrets: RegionSecrets,
) -> pulumi.Output[str]:
    """As a launch template takes it. It names secrets and holds none."""

    def script(found: Sequence[str]) -> str:
        image_id, bucket_name, group_name, token, keys, *target_arns = found
        request = node_request(
            plan,
            region,
            image=image_id,
            bucket=bucket_name,
            log_group=group_name,
            target_groups=tuple(target_arns),
            hub_token=SecretSource(token) if token else None,
            api_key=SecretSource(keys, CLIENT) if keys else None,
        )
        return encoded(aws_user_data(request))

    known: Sequence[pulumi.Input[str | None]] = (
        image,
        bucket,
        log_group,
        secrets.hub_token,
        secrets.keys if checks_keys(region.server.launch) else None,
        *target_groups,
    )
    return pulumi.Output.all(*known).apply(script)


def server_image(launch: Launch) -> str:
    """`image:tag` of the inference server."""
    return f"{launch.image}:{launch.tag}"


def checks_keys(launch: Launch | None) -> bool:
    """Whether the replicas check the API key themselves."""
    if launch is None:
        return False
    return API_KEY in launch.secret_environment.values() or any(file.secret for file in launch.files)
