"""Triton's TensorRT-LLM backend: the `llmapi` model, whose model.yaml holds the arguments of LLM().

The model's Python and its config.pbtxt are in the container; only its YAML and its name are ours.
"""

from __future__ import annotations

import json
import shlex
from typing import Any

from llmdeploy.serving.frameworks.launch import FOLDER, Launch, LaunchFile
from llmdeploy.serving.frameworks.request import ServeRequest
from llmdeploy.serving.frameworks.tensorrt_llm import as_yaml, without_flags
from llmdeploy.serving.frameworks.triton import MODELS, front_end, triton_launch

SHM_GIB = 2
"""README of tensorrtllm_backend: --shm-size=2g."""
TEMPLATE = "/app/all_models/llmapi/tensorrt_llm"
"""Where the container keeps TensorRT-LLM's triton_backend/all_models. From memory, not verified."""


def launch(request: ServeRequest) -> Launch:
    """The container with the TensorRT-LLM backend: copies the model that it comes with, then starts."""
    files = [LaunchFile(path=f"{FOLDER}/model.yaml", content=as_yaml(llm_arguments(request)))]
    if request.adapters:
        sources = {adapter.name: adapter.source for adapter in request.adapters}
        files.append(
            LaunchFile(path=f"{FOLDER}/multi_lora.json", content=json.dumps(sources, indent=1) + "\n")
        )
    return triton_launch(
        request,
        variant="trtllm",
        command=("bash", "-ec", _start(request)),
        shm_gib=SHM_GIB,
        files=tuple(files),
    )


def _start(request: ServeRequest) -> str:
    folder = shlex.quote(f"{MODELS}/{request.served_name}")
    name = shlex.quote(f's/^name: .*/name: "{request.served_name}"/')
    steps = [
        f"mkdir -p {MODELS}",
        f"cp -R {TEMPLATE} {folder}",
        f"sed -i {name} {folder}/config.pbtxt",
        f"cp {FOLDER}/*.yaml {folder}/1/",
    ]
    if request.adapters:
        steps.append(f"cp {FOLDER}/multi_lora.json {folder}/1/")
    return " && ".join((*steps, f"exec {shlex.join(front_end(request, 'tensorrtllm'))}"))


def llm_arguments(request: ServeRequest) -> dict[str, Any]:
    """model.yaml: the arguments of tensorrt_llm.LLM, and Triton's own at the end."""
    parallel, batching = request.parallel, request.batching
    arguments = {
        "model": request.model,
        "backend": "pytorch",
        "revision": request.revision,
        "tensor_parallel_size": parallel.tensor,
        "pipeline_parallel_size": parallel.pipeline,
        "moe_expert_parallel_size": parallel.tensor if parallel.expert else None,
        "max_seq_len": request.context_length,
        "max_batch_size": batching.concurrency,
        "max_num_tokens": batching.tokens,
        "enable_chunked_prefill": batching.chunked_prefill,
        **without_flags(request),
        **dict(request.extra),
        # Without decoupled answers there is no streaming.
        "triton_config": {"max_batch_size": 0, "decoupled": True},
    }
    return {name: value for name, value in arguments.items() if value is not None}
