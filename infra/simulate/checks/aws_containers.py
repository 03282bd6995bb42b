"""ECS on Fargate, and ECR."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems, at

_FARGATE_MEMORY: Final = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}
"""CPU units → MiB. Source: Amazon ECS Developer Guide, "Task size", written down 2026-11-24."""
_FAMILY: Final = re.compile(r"^[A-Za-z0-9_-]{1,255}$")
_UPSTREAMS: Final = (
    "public.ecr.aws", "quay.io", "registry.k8s.io", "registry-1.docker.io", "ghcr.io", "registry.gitlab.com",
    "cgr.dev",
)  # fmt: skip
"""Source: botocore's model of ECR, UpstreamRegistry."""


def _task(look: Look) -> Problems:
    fargate = "FARGATE" in look.items("requiresCompatibilities")
    if fargate:
        if look.get("networkMode") != "awsvpc" and not look.unknown("networkMode"):
            yield "ClientException", "Fargate only supports network mode 'awsvpc'."
        yield from _size(look.get("cpu"), look.get("memory"), look)
    family = look.get("family")
    if isinstance(family, str) and not _FAMILY.match(family):
        yield "ClientException", f"Invalid family: {family}"
    yield from _containers(look, fargate)


def _size(cpu: Any, memory: Any, look: Look) -> Problems:
    if not look.given("cpu") or not look.given("memory"):
        yield "ClientException", "Fargate requires that 'cpu' and 'memory' be defined at the task level."
        return
    try:
        units, mib = int(cpu), int(memory)
    except (TypeError, ValueError):
        return
    if mib not in _FARGATE_MEMORY.get(units, ()):
        yield (
            "ClientException",
            f"No Fargate configuration exists for given values: {units} CPU, {mib} memory.",
        )


def _containers(look: Look, fargate: bool) -> Problems:
    text = look.get("containerDefinitions")
    if not isinstance(text, str):
        return
    try:
        containers = json.loads(text)
    except ValueError:
        yield "ClientException", "containerDefinitions is not valid JSON"
        return
    if not isinstance(containers, list) or not containers:
        yield "ClientException", "Container list cannot be empty."
        return
    names = [at(each, "name") for each in containers]
    if len(set(names)) != len(names) or not all(names):
        yield "ClientException", "Container.name should be given and unique."
    volumes = {at(each, "name") for each in look.items("volumes")}
    for container in containers:
        yield from _container(container, set(names), volumes)
    needs_role = any(_pulls_or_logs(each) for each in containers)
    if fargate and needs_role and not look.given("executionRoleArn"):
        yield (
            "ClientException",
            (
                "Fargate requires task definition to have execution role ARN to support log driver "
                "awslogs or ECR images."
            ),
        )


def _container(container: Any, names: set[Any], volumes: set[Any]) -> Problems:
    name = at(container, "name")
    if not at(container, "image"):
        yield "ClientException", f"Container.image should not be null or empty ({name})."
    for dependency in at(container, "dependsOn", []):
        if at(dependency, "containerName") not in names:
            yield (
                "ClientException",
                f"Container {name} depends on {at(dependency, 'containerName')}, which is not there.",
            )
        if at(dependency, "condition") not in {"START", "COMPLETE", "SUCCESS", "HEALTHY"}:
            yield "ClientException", f"Unknown dependency condition {at(dependency, 'condition')}."
    for mount in at(container, "mountPoints", []):
        if at(mount, "sourceVolume") not in volumes:
            yield "ClientException", f"Unknown volume '{at(mount, 'sourceVolume')}'."


def _pulls_or_logs(container: Any) -> bool:
    return (
        ".dkr.ecr." in str(at(container, "image", ""))
        or at(container, "logConfiguration.logDriver") == "awslogs"
    )


def _service(look: Look) -> Problems:
    task = look.record(look.get("taskDefinition"), "aws:ecs/taskDefinition:TaskDefinition")
    if task and task.inputs.get("networkMode") == "awsvpc" and not look.given("networkConfiguration"):
        yield (
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        )
    ports = _ports(task.inputs.get("containerDefinitions") if task else None)
    for balancer in look.items("loadBalancers"):
        container, port = at(balancer, "containerName"), at(balancer, "containerPort")
        if ports is not None and (container, port) not in ports:
            yield (
                "InvalidParameterException",
                f"The container {container} did not have a container port {port} defined.",
            )
        group = look.record(at(balancer, "targetGroupArn"), "aws:lb/targetGroup:TargetGroup")
        if (
            group
            and group.inputs.get("targetType", "instance") != "ip"
            and look.get("launchType") == "FARGATE"
        ):
            yield (
                "InvalidParameterException",
                (
                    f"The provided target group {group.id} has target type "
                    f"{group.inputs.get('targetType', 'instance')}, which is incompatible with the awsvpc "
                    "network mode"
                ),
            )
        if group and not look.planned and not _attached(look, group.number):
            yield (
                "InvalidParameterException",
                f"The target group with targetGroupArn {group.id} does not have an associated load balancer.",
            )
    low, high = look.get("deploymentMinimumHealthyPercent", 100), look.get("deploymentMaximumPercent", 200)
    if isinstance(low, int) and isinstance(high, int) and high <= low:
        yield "InvalidParameterException", "The maximumPercent must be greater than the minimumHealthyPercent"


def _attached(look: Look, group: int) -> bool:
    return any(
        user.token in {"aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"}
        for user in look.store.users(group)
    )


def _ports(text: Any) -> set[tuple[Any, Any]] | None:
    if not isinstance(text, str):
        return None
    return {
        (at(each, "name"), at(port, "containerPort"))
        for each in json.loads(text)
        for port in at(each, "portMappings", [])
    }


def _pull_through(look: Look) -> Problems:
    upstream = look.get("upstreamRegistryUrl")
    if not isinstance(upstream, str):
        return
    if upstream not in _UPSTREAMS and not upstream.endswith((".azurecr.io", ".amazonaws.com")):
        yield "UnsupportedUpstreamRegistryException", f"The upstream registry {upstream} is not supported"
    if upstream in {"registry-1.docker.io", "ghcr.io", "registry.gitlab.com"} and not look.given(
        "credentialArn"
    ):
        yield (
            "InvalidParameterException",
            f"Invalid parameter at 'credentialArn': it must be given for {upstream}",
        )
    credential = look.record(look.get("credentialArn"), "aws:secretsmanager/secret:Secret")
    if credential and not str(credential.outputs.get("name", "")).startswith("ecr-pullthroughcache/"):
        yield "InvalidParameterException", "The secret's name must begin with ecr-pullthroughcache/"


CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": (_pull_through,),
    "aws:ecs/service:Service": (_service,),
    "aws:ecs/taskDefinition:TaskDefinition": (_task,),
}
