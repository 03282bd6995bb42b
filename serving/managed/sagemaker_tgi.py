"""TGI's image: the launcher reads every flag from the environment too."""

from __future__ import annotations

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.managed.flags import flags_of, without
from llmdeploy.serving.managed.sagemaker_prefixed import MOUNTED, mounted

RENAMED = {"num-shard": "SM_NUM_GPUS", "quantize": "HF_MODEL_QUANTIZE"}
"""Names that the image's entry point has of its own (sagemaker-entrypoint.sh of TGI)."""
CHAT = {"MESSAGES_API_ENABLED": "true"}
"""/invocations takes OpenAI's chat bodies (huggingface.co/docs/text-generation-inference, HTTP API)."""


def tgi_environment(launch: Launch, model: str, revision: str | None) -> dict[str, str]:
    """The launcher's flags, the model, and OpenAI's bodies.

    Raises:
        LlmdeployError: a flag has several values.
    """
    told = dict(CHAT)
    flags = without(flags_of(launch.command), "model-id", "revision", "port", "graceful-termination-timeout")
    for name, values in flags.items():
        if len(values) > 1:
            raise LlmdeployError(
                f"TGI's launcher takes one value for --{name}, not {' '.join(values)}",
                "give one in framework.args",
            )
        told[RENAMED.get(name, name.replace("-", "_").upper())] = values[0] if values else "true"
    if mounted(model):
        return {**told, "HF_MODEL_ID": MOUNTED}
    return {**told, "HF_MODEL_ID": model, **({"HF_MODEL_REVISION": revision} if revision else {})}
