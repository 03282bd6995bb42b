"""Triton's vLLM backend: a model repository whose model.json holds vLLM's engine arguments."""

from __future__ import annotations

import json
from typing import Any

from llmdeploy.serving.frameworks.launch import Launch, LaunchFile
from llmdeploy.serving.frameworks.request import ServeRequest
from llmdeploy.serving.frameworks.triton import MODELS, front_end, triton_launch
from llmdeploy.serving.frameworks.vllm import DTYPES, GRAMMARS, lora_rank, speculative_config

SHM_GIB = 1
"""README of vllm_backend: --shm-size=1G; its LoRA guide has 12G."""
LORA_SHM_GIB = 12
ONLINE = {"fp8": "fp8"}
"""The container's vLLM is older or newer than ours; this name is known to both, deprecated in 0.32."""

CONFIG = """backend: "vllm"
instance_group [{ count: 1, kind: KIND_MODEL }]
parameters: { key: "REPORT_CUSTOM_METRICS", value: { string_value: "true" } }
"""
"""samples/model_repository of vllm_backend, with vLLM's metrics, which are off of themselves."""


def launch(request: ServeRequest) -> Launch:
    """The container with the vLLM backend and the repository that it serves."""
    folder = f"{MODELS}/{request.served_name}"
    files = [
        LaunchFile(path=f"{folder}/config.pbtxt", content=CONFIG),
        LaunchFile(path=f"{folder}/1/model.json", content=_as_json(engine_arguments(request))),
    ]
    if request.adapters:
        sources = {adapter.name: adapter.source for adapter in request.adapters}
        files.append(LaunchFile(path=f"{folder}/1/multi_lora.json", content=_as_json(sources)))
    return triton_launch(
        request,
        variant="vllm",
        command=front_end(request, "vllm"),
        shm_gib=LORA_SHM_GIB if request.adapters else SHM_GIB,
        files=tuple(files),
    )


def engine_arguments(request: ServeRequest) -> dict[str, Any]:
    """model.json: the arguments of vLLM's AsyncEngineArgs."""
    weights, parallel, batching = request.weights, request.parallel, request.batching
    backend = GRAMMARS.get(request.structured_output or "", request.structured_output)
    arguments = {
        "model": request.model,
        "revision": request.revision,
        "max_model_len": request.context_length,
        "dtype": DTYPES.get(weights.weights),
        "quantization": ONLINE[weights.weights] if weights.method == "online" else None,
        "kv_cache_dtype": weights.kv_cache,
        "tensor_parallel_size": parallel.tensor if parallel.tensor > 1 else None,
        "pipeline_parallel_size": parallel.pipeline if parallel.pipeline > 1 else None,
        "enable_expert_parallel": parallel.expert or None,
        "max_num_seqs": batching.concurrency,
        "max_num_batched_tokens": batching.tokens,
        "gpu_memory_utilization": batching.memory_fraction,
        "enable_prefix_caching": batching.prefix_caching,
        "enable_chunked_prefill": batching.chunked_prefill,
        "speculative_config": speculative_config(request.speculative) if request.speculative else None,
        "enable_lora": bool(request.adapters) or None,
        "max_loras": len(request.adapters) or None,
        "max_lora_rank": lora_rank(request.adapters) if request.adapters else None,
        "structured_outputs_config": {"backend": backend} if backend else None,
    }
    given = {name: value for name, value in arguments.items() if value is not None}
    return given | {name.replace("-", "_"): value for name, value in request.extra}


def _as_json(keys: dict[str, Any]) -> str:
    return json.dumps(keys, indent=1) + "\n"
