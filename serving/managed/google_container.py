"""The container that Google's services run, and how it comes by its weights."""

from __future__ import annotations

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.managed.shell import arguments
from llmdeploy.serving.plan.managed import ManagedContainer
from llmdeploy.serving.spec.model import source_kind

STREAMER = ("--load-format", "runai_streamer")
"""How vLLM reads gs:// itself (docs.vllm.ai, "Loading models with Run:ai Model Streamer"); that its image has
the part for Cloud Storage is from memory."""


def google_container(launch: Launch, model: str, service: str) -> ManagedContainer:
    """The framework's own image and command.

    Args:
        service: as Google calls it.

    Raises:
        LlmdeployError: the server cannot be started there.
    """
    return ManagedContainer(
        image=f"{launch.image}:{launch.tag}",
        command=google_arguments(launch, model, service),
        environment=launch.environment,
        port=launch.port,
        health_path=launch.ready_path,
    )


def google_arguments(launch: Launch, model: str, service: str) -> tuple[str, ...]:
    """What follows the image's entrypoint, so that the server fetches its weights itself: nobody brings them
    there.

    Args:
        service: as Google calls it.

    Raises:
        LlmdeployError: the server cannot fetch them from where they are, or is not told what it needs.
    """
    if source_kind(model) == "hub":
        return arguments(launch, service)
    if model.startswith("gs://") and launch.framework == "vllm":
        told = "--load-format" in launch.start_command
        return (*arguments(launch, service), *(() if told else STREAMER))
    raise LlmdeployError(
        f"{launch.framework} cannot fetch weights from {model} on a {service}",
        "name a model of the hub, or gs://… with framework vllm",
    )
