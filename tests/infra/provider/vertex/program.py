"""A model on an endpoint of Vertex AI, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pulumi

from llmdeploy.modules.gcp.vertex_resources import VertexDeployment, VertexEndpoint, VertexModel

LOCATION = "us-central1"
PROJECT = "simulated-project"
ENDPOINT = f"projects/{PROJECT}/locations/{LOCATION}/endpoints/chat-blue"


def program(
    *,
    arguments: tuple[str, ...] = ("--port", "8000"),
    replicas: tuple[int, int] = (1, 2),
    machine: str = "g2-standard-4",
    timeout_s: int = 1200,
    request_s: int = 3600,
    digest: str = "one",
) -> Callable[[], None]:
    """Declares them.

    Args:
        timeout_s: what the container may take to become healthy.
        digest: a label that changes with every spec.
    """

    def declare() -> None:
        opts = pulumi.ResourceOptions()
        labels = {"llmdeploy-stack": "dev", "llmdeploy-spec-digest": digest}
        model = VertexModel(
            "model",
            project=PROJECT,
            location=LOCATION,
            name="chat-blue",
            image="us-docker.pkg.dev/vertex-ai/vertex-vision-model-garden-dockers/pytorch-vllm-serve:20260622",
            arguments=arguments,
            environment={"VLLM_LOGGING_LEVEL": "INFO"},
            port=8000,
            health_path="/health",
            shm_mib=2048,
            deployment_timeout_s=timeout_s,
            labels=labels,
            opts=opts,
        )
        endpoint = VertexEndpoint(
            "endpoint",
            project=PROJECT,
            location=LOCATION,
            endpoint_id="chat-blue",
            inference_timeout_s=request_s,
            labels=labels,
            opts=opts,
        )
        least, most = replicas
        deployment = VertexDeployment(
            "deployment",
            location=LOCATION,
            endpoint=endpoint.resource,
            model=model.resource,
            name="chat-blue",
            machine_type=machine,
            accelerator="NVIDIA_L4",
            accelerators=1,
            min_replicas=least,
            max_replicas=most,
            service_account="",
            timeout_s=timeout_s,
            opts=opts,
        )
        pulumi.export("host", endpoint.host)
        pulumi.export("path", endpoint.path)
        pulumi.export("deployed", deployment.deployed_id)

    return declare
