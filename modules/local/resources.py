"""The resources of the local provider, as Pulumi classes. What their inputs mean stands in infra/provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from llmdeploy.serving.frameworks.adapters import RuntimeAdapters
from llmdeploy.serving.plan.model import ServerPlan


def adapters_of(adapters: RuntimeAdapters) -> dict[str, Any]:
    """What a replica is told of its adapters: how large the room for them is stands in the command."""
    return {"calls": adapters.calls, "sources": dict(adapters.sources)}


class Supervisor(pulumi.CustomResource):
    """A supervisord that keeps the programs of one folder alive."""

    folder: pulumi.Output[str]
    status: pulumi.Output[str]
    config: pulumi.Output[str]
    pid: pulumi.Output[int]

    def __init__(self, name: str, *, folder: pulumi.Input[str], opts: pulumi.ResourceOptions) -> None:
        outputs = dict.fromkeys(("status", "config", "pid"))
        super().__init__("llmdeploy:local:Supervisor", name, {"folder": folder, **outputs}, opts)


class Replica(pulumi.CustomResource):
    """A process that serves the model, on a port of its own."""

    status: pulumi.Output[str]
    config: pulumi.Output[str]
    port: pulumi.Output[int]
    pid: pulumi.Output[int]
    log: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        folder: pulumi.Input[str],
        name: str,
        region: str,
        server: ServerPlan,
        min_ready_s: float,
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {
            "folder": folder,
            "name": name,
            "region": region,
            "command": list(server.command),
            "environment": dict(server.environment),
            "weights": server.weights,
            "health_path": server.health_path,
            "startup_timeout_s": server.startup_timeout_s,
            "drain_timeout_s": server.drain_timeout_s,
            "min_ready_s": min_ready_s,
            **({"adapters": adapters_of(server.adapters)} if server.adapters else {}),
        }
        outputs = dict.fromkeys(("status", "config", "port", "pid", "log"))
        super().__init__("llmdeploy:local:Replica", resource_name, {**inputs, **outputs}, opts)


class ApiKey(pulumi.CustomResource):
    """A random key, drawn once; another rotation draws another."""

    value: pulumi.Output[str]

    def __init__(self, name: str, *, rotation: str, opts: pulumi.ResourceOptions) -> None:
        options = pulumi.ResourceOptions.merge(
            opts, pulumi.ResourceOptions(additional_secret_outputs=["value"])
        )
        super().__init__("llmdeploy:local:ApiKey", name, {"rotation": rotation, "value": None}, options)


class Gateway(pulumi.CustomResource):
    """An Envoy with one port for each entry."""

    status: pulumi.Output[str]
    config: pulumi.Output[str]
    files: pulumi.Output[Mapping[str, str]]
    ports: pulumi.Output[Mapping[str, int]]
    endpoints: pulumi.Output[Mapping[str, str]]
    pid: pulumi.Output[int]
    log: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        folder: pulumi.Input[str],
        plan: Mapping[str, Any],
        regions: Sequence[Mapping[str, Any]],
        backends: pulumi.Input[Sequence[Mapping[str, Any]]],
        entries: Sequence[str],
        api_keys: Mapping[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {
            "folder": folder,
            "plan": dict(plan),
            "regions": list(regions),
            "backends": backends,
            "entries": list(entries),
            "api_keys": dict(api_keys),
        }
        outputs = dict.fromkeys(("status", "config", "files", "ports", "endpoints", "pid", "log"))
        super().__init__("llmdeploy:local:Gateway", name, {**inputs, **outputs}, opts)
