"""Triton Inference Server behind its OpenAI front end: what its two backends have in common.

From documentation and sources; nothing of it can be run without its container.
"""

from __future__ import annotations

from llmdeploy.serving.frameworks.flags import options
from llmdeploy.serving.frameworks.launch import (
    EVERY_INTERFACE,
    HUB_TOKEN,
    Drain,
    Launch,
    LaunchFile,
    key_checker,
)
from llmdeploy.serving.frameworks.request import ServeRequest

IMAGE = "nvcr.io/nvidia/tritonserver"
VERSION = "26.07"
PORT = 9000
MODELS = "/models"
"""The model repository in the container."""
FRONT_END = ("python3", "/opt/tritonserver/python/openai/openai_frontend/main.py")
"""build.py of triton-inference-server/server copies python/openai there and installs what it needs."""
ULIMITS = {"memlock": -1, "stack": 67108864}
"""README of vllm_backend and of tensorrtllm_backend."""
MAX_TOKENS = 1024
"""Tokens of an answer whose request does not say: the front end's own 16 cut off almost every chat."""
SEPARATOR = ":"
"""Between model and adapter in a request's `model`, as SGLang has it."""


def triton_launch(
    request: ServeRequest,
    *,
    variant: str,
    command: tuple[str, ...],
    shm_gib: int,
    files: tuple[LaunchFile, ...],
) -> Launch:
    """The container with one backend. `variant` is the part of the tag that names it."""
    return Launch(
        framework="triton",
        image=IMAGE,
        tag=f"{request.version or VERSION}-{variant}-python-py3",
        command=command,
        secret_environment={"HF_TOKEN": HUB_TOKEN},
        port=PORT,
        metrics_port=PORT,
        shm_gib=shm_gib,
        ulimits=ULIMITS,
        health_path="/health/ready",
        ready_path="/health/ready",
        metrics_path="/metrics",
        metrics="triton",
        # The front end's handler of SIGTERM stops it at once; --exit-timeout-secs is the KServe server's.
        drain=Drain(timeout_s=None, proxy_first=True),
        # It takes a key in argv only.
        key_checked_by=key_checker(request.api_key, can=False),
        files=files,
        adapter_models={
            adapter.name: f"{request.served_name}{SEPARATOR}{adapter.name}" for adapter in request.adapters
        },
        cache_folder="/root/.cache/huggingface",
    )


def front_end(request: ServeRequest, backend: str) -> tuple[str, ...]:
    """The OpenAI front end's command. The model's name is its folder's in the repository."""
    return (
        *FRONT_END,
        *options(model_repository=MODELS, tokenizer=request.model, backend=backend),
        *options(host=EVERY_INTERFACE, openai_port=PORT, default_max_tokens=MAX_TOKENS),
        *(options(lora_separator=SEPARATOR) if request.adapters else ()),
    )
