"""Vertex AI's models, endpoints and deployments, as Pulumi classes. What their inputs mean stands in
infra/provider/vertex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi


class VertexModel(pulumi.CustomResource):
    """A container that can be deployed. `resource` is its name, `projects/…`."""

    resource: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: str,
        location: str,
        name: str,
        image: pulumi.Input[str],
        arguments: Sequence[str],
        environment: Mapping[str, str],
        port: int,
        health_path: str,
        shm_mib: int,
        deployment_timeout_s: int,
        labels: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {
            "project": project,
            "location": location,
            "name": name,
            "image": image,
            "arguments": list(arguments),
            "environment": dict(environment),
            "port": port,
            "health_path": health_path,
            "shm_mib": shm_mib,
            "deployment_timeout_s": deployment_timeout_s,
            "labels": dict(labels),
        }
        super().__init__("llmdeploy:gcp:VertexModel", resource_name, {**inputs, "resource": None}, opts)


class VertexEndpoint(pulumi.CustomResource):
    """A dedicated endpoint. `resource` is its name, `projects/…`; `host` and `path` are where it is asked."""

    resource: pulumi.Output[str]
    host: pulumi.Output[str]
    path: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: str,
        location: str,
        endpoint_id: str,
        inference_timeout_s: int,
        labels: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {
            "project": project,
            "location": location,
            "endpoint_id": endpoint_id,
            "inference_timeout_s": inference_timeout_s,
            "labels": dict(labels),
        }
        outputs = dict.fromkeys(("resource", "host", "path"))
        super().__init__("llmdeploy:gcp:VertexEndpoint", resource_name, {**inputs, **outputs}, opts)


class VertexDeployment(pulumi.CustomResource):
    """A model on an endpoint, there once it serves."""

    deployed_id: pulumi.Output[str]
    status: pulumi.Output[str]
    operation: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        location: str,
        endpoint: pulumi.Input[str],
        model: pulumi.Input[str],
        name: str,
        machine_type: str,
        accelerator: str,
        accelerators: int,
        min_replicas: int,
        max_replicas: int,
        service_account: pulumi.Input[str],
        timeout_s: int,
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {
            "location": location,
            "endpoint": endpoint,
            "model": model,
            "name": name,
            "machine_type": machine_type,
            "accelerator": accelerator,
            "accelerators": accelerators,
            "min_replicas": min_replicas,
            "max_replicas": max_replicas,
            "service_account": service_account,
            "timeout_s": timeout_s,
        }
        outputs = dict.fromkeys(("deployed_id", "status", "operation"))
        super().__init__("llmdeploy:gcp:VertexDeployment", resource_name, {**inputs, **outputs}, opts)
