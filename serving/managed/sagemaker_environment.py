"""The environment that starts a framework in SageMaker's own images as its command does elsewhere.

SageMaker gives a container no command of ours; each image makes one from its environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.managed.sagemaker_lmi import lmi_environment
from llmdeploy.serving.managed.sagemaker_prefixed import sglang_environment, vllm_environment
from llmdeploy.serving.managed.sagemaker_tgi import tgi_environment

MOST_VARIABLES = 100
"""Of a container (botocore 1.44.8, sagemaker EnvironmentMap)."""
LONGEST_VALUE = 1024
"""Characters (botocore 1.44.8, sagemaker EnvironmentValue)."""

Environment = Callable[[Launch, str, str | None], dict[str, str]]
BY_FRAMEWORK: Final[Mapping[str, Environment]] = {
    "vllm": vllm_environment,
    "sglang": sglang_environment,
    "tgi": tgi_environment,
    "tensorrt-llm": lmi_environment,
}


def sagemaker_environment(launch: Launch, model: str, revision: str | None) -> dict[str, str]:
    """The container's environment. Secrets are no part of it: the console and the state would show them.

    Args:
        model: a hub id, or `s3://…`, which SageMaker brings into the container.

    Raises:
        LlmdeployError: the image cannot be told something that the spec asks for.
    """
    told = {**launch.environment, **BY_FRAMEWORK[launch.framework](launch, model, revision)}
    for name, value in told.items():
        if len(value) > LONGEST_VALUE:
            raise LlmdeployError(
                f"{name} has {len(value)} characters, and SageMaker takes {LONGEST_VALUE}",
                "shorten it in framework.args, or use self-hosted",
            )
    if len(told) > MOST_VARIABLES:
        raise LlmdeployError(
            f"the container has {len(told)} variables, and SageMaker takes {MOST_VARIABLES}",
            "leave some framework.args out",
        )
    return dict(sorted(told.items()))
