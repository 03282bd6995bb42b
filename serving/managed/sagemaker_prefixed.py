"""Images that make `--some-flag VALUE` of a variable `SM_ENGINE_SOME_FLAG`: vLLM's and SGLang's.

`true` is the flag alone. vLLM's image also takes a JSON list, of which each part is one value; SGLang's takes
one value a flag (aws/deep-learning-containers at e0ecedea, scripts/docker/vllm/sagemaker_args.py and
scripts/docker/sglang/sagemaker_entrypoint.sh).
"""

from __future__ import annotations

import json
import re

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.managed.flags import flags_of, without

MOUNTED = "/opt/ml/model"
"""Where SageMaker puts a model that it has fetched itself
(docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code).
"""
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]*$")


def mounted(model: str) -> bool:
    """Whether SageMaker fetches the model, and not the server."""
    return model.startswith("s3://")


def vllm_environment(launch: Launch, model: str, revision: str | None) -> dict[str, str]:
    """vLLM's. Where it listens, and how long it drains, are the image's and SageMaker's own business."""
    flags = without(flags_of(launch.command), "host", "port", "shutdown-timeout", "revision")
    told = {_name("VLLM", name): _vllm_value(values) for name, values in _joined(flags).items()}
    return {**told, **_model("VLLM", "MODEL", model, revision)}


def sglang_environment(launch: Launch, model: str, revision: str | None) -> dict[str, str]:
    """SGLang's.

    Raises:
        LlmdeployError: a flag has several values.
    """
    flags = without(flags_of(launch.command), "host", "port", "model-path", "revision")
    told = {_name("SGLANG", name): _one_value(name, values) for name, values in flags.items()}
    return {**told, **_model("SGLANG", "MODEL_PATH", model, revision)}


def _model(engine: str, variable: str, model: str, revision: str | None) -> dict[str, str]:
    if mounted(model):
        return {f"SM_{engine}_{variable}": MOUNTED}
    pinned = {f"SM_{engine}_REVISION": revision} if revision else {}
    return {f"SM_{engine}_{variable}": model, **pinned}


def _name(engine: str, flag: str) -> str:
    if not _NAME.match(flag):
        raise LlmdeployError(
            f"--{flag} cannot be given to SageMaker's image", "leave it out of framework.args, or self-host"
        )
    return f"SM_{engine}_{flag.replace('-', '_').upper()}"


def _joined(flags: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """`--part.of.it VALUE` as one JSON value of `--part`: no variable has a dot in its name."""
    found: dict[str, tuple[str, ...]] = {}
    for name, values in flags.items():
        whole, _, part = name.partition(".")
        if not part:
            found[name] = values
            continue
        held = json.loads(found[whole][0]) if whole in found else {}
        inner = held
        *path, last = part.split(".")
        for step in path:
            inner = inner.setdefault(step, {})
        inner[last] = values[0] if len(values) == 1 else list(values)
        found[whole] = (json.dumps(held, separators=(",", ":")),)
    return found


def _vllm_value(values: tuple[str, ...]) -> str:
    if not values:
        return "true"
    # As one value these would be read as a switch or a list.
    plain = len(values) == 1 and values[0].lower() not in {"true", "false"} and not values[0].startswith("[")
    return values[0] if plain else json.dumps(list(values), separators=(",", ":"))


def _one_value(flag: str, values: tuple[str, ...]) -> str:
    if not values:
        return "true"
    if len(values) > 1 or values[0].lower() in {"true", "false"}:
        raise LlmdeployError(
            f"SageMaker's image of SGLang takes one value for --{flag}, not {' '.join(values)}",
            "leave it out, or use vllm or self-hosted",
        )
    return values[0]
