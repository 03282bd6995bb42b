"""A gateway: Envoy, and beside it the container that brings its configuration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from llmdeploy.serving.gateway import images
from llmdeploy.serving.gateway.cloud import DIRECTORY, ENTRY_PORT
from llmdeploy.serving.gateway.command import envoy_command
from llmdeploy.serving.node.sidecar import KEYS, config_sidecar_command

ENVOY = "envoy"
CONFIG = "config"
VOLUME = "configuration"
ENVOY_IMAGE, CONFIG_IMAGE = ":".join(images.ENVOY), ":".join(images.AWS_SIDECAR)
STOP_S = 120
"""The longest that Fargate waits between SIGTERM and SIGKILL; ECS has drained the gateway before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a gateway's containers need.

    Args:
        bucket: whose list says which files there are and where the keys are; a change of those makes no new
            task.
        keys: the names of the keys in the secret.
    """

    location: str
    bucket: pulumi.Input[str]
    vcpu: float
    envoy_image: pulumi.Input[str]
    config_image: pulumi.Input[str]
    log_group: pulumi.Input[str]
    keys: tuple[str, ...] = KEYS


def container_definitions(task: Task) -> pulumi.Output[str]:
    """The containers, as ECS takes them. Nothing in them is secret."""
    return pulumi.Output.json_dumps([_config(task), _envoy(task)])


def _config(task: Task) -> dict[str, Any]:
    """Not essential: while it is away, Envoy keeps what it has."""
    return {
        "name": CONFIG,
        "image": task.config_image,
        "essential": False,
        "restartPolicy": {"enabled": True, "restartAttemptPeriod": 60},
        "entryPoint": pulumi.Output.from_input(task.bucket).apply(lambda bucket: _sidecar(task, bucket)),
        "mountPoints": [{"sourceVolume": VOLUME, "containerPath": DIRECTORY, "readOnly": False}],
        "healthCheck": _check(["CMD-SHELL", f"test -e {DIRECTORY}/.ready"]),
        "logConfiguration": _logs(task, CONFIG),
    }


def _envoy(task: Task) -> dict[str, Any]:
    """It judges its own health by its open port: the health page fails while no replica can be reached, and
    new gateways would mend nothing then.
    """
    return {
        "name": ENVOY,
        "image": task.envoy_image,
        "essential": True,
        "command": list(envoy_command("envoy", DIRECTORY, max(1, math.ceil(task.vcpu)))),
        "dependsOn": [{"containerName": CONFIG, "condition": "HEALTHY"}],
        "portMappings": [{"containerPort": ENTRY_PORT, "hostPort": ENTRY_PORT, "protocol": "tcp"}],
        "mountPoints": [{"sourceVolume": VOLUME, "containerPath": DIRECTORY, "readOnly": True}],
        "ulimits": [{"name": "nofile", "softLimit": 65536, "hardLimit": 65536}],
        "healthCheck": _check(["CMD", "bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{ENTRY_PORT}"]),
        "stopTimeout": STOP_S,
        "logConfiguration": _logs(task, ENVOY),
    }


def _sidecar(task: Task, bucket: str) -> list[str]:
    return config_sidecar_command("aws", location=task.location, bucket=bucket, keys=task.keys)


def _check(command: Sequence[str]) -> dict[str, Any]:
    return {"command": list(command), "interval": 10, "timeout": 5, "retries": 3, "startPeriod": 120}


def _logs(task: Task, container: str) -> dict[str, Any]:
    options = {
        "awslogs-group": task.log_group,
        "awslogs-region": task.location,
        "awslogs-stream-prefix": container,
        # A gateway that waited for its log would wait with its answers.
        "mode": "non-blocking",
    }
    return {"logDriver": "awslogs", "options": options}
