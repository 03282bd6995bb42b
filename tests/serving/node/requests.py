"""Requests for nodes, as a stack makes them."""

from __future__ import annotations

from typing import Any

from llmdeploy.serving.catalog.instances import instance_types
from llmdeploy.serving.frameworks.launch import Launch, LaunchFile
from llmdeploy.serving.frameworks.render import render
from llmdeploy.serving.frameworks.request import ServeRequest
from llmdeploy.serving.node.models import NodeModel
from llmdeploy.serving.node.request import NodeRequest, SecretSource
from llmdeploy.serving.startup.budget import StartupAsk, startup_plan

IMAGE = f"registry.example/cache/vllm@sha256:{'a' * 64}"
INSTANCES = {"aws": "g6.12xlarge", "gcp": "a3-highgpu-8g"}
LOCATIONS = {"aws": "us-east-1", "gcp": "europe-west4"}
KEY_FILE = LaunchFile(path="/etc/llmdeploy/server.yaml", content="api-key: {api-key}\n", secret=True)


def secret_id(cloud: str, name: str) -> str:
    return name if cloud == "aws" else f"projects/acme/secrets/{name}"


def launch(server: str = "vllm", **changes: Any) -> Launch:
    """A launch of a real framework."""
    request = ServeRequest(model="acme/tiny", served_name="chat")
    return render(server, request).model_copy(update=changes)


def node(cloud: str, *, server: str = "vllm", **changes: Any) -> NodeRequest:
    """One replica of `acme/tiny`."""
    container = changes.pop("launch", None) or launch(server)
    instance = instance_types(cloud)[INSTANCES[cloud]]
    values: dict[str, Any] = {
        "stack": "chat",
        "location": LOCATIONS[cloud],
        "launch": container,
        "image": IMAGE,
        "bucket": "weights-bucket",
        "models": (NodeModel("acme/tiny", "6f6073b"),),
        "gpus": instance.gpus,
        "instance_gpus": instance.gpus,
        "concurrency": 8,
        "drain_s": 4,
        "startup": startup_plan(
            StartupAsk(server=server, instance=instance, stored_gib=15, loaded_gib=15, probe_timeout_s=5)
        ),
        "secrets": {
            "hub-token": SecretSource(secret_id(cloud, "hub-token")),
            "api-key": SecretSource(secret_id(cloud, "keys"), "default"),
        },
        "log_group": "/llmdeploy/chat" if cloud == "aws" else "",
        "target_groups": ("arn:target", "arn:checked") if cloud == "aws" else (),
        "project": "acme" if cloud == "gcp" else "",
    }
    return NodeRequest(**{**values, **changes})
