"""TensorRT-LLM's trtllm-serve with the PyTorch backend: flags, and a YAML file for what has no flag.

From the documentation of the 1.3 line; its wheel is not on the Python index, so no parser was run.
"""

from __future__ import annotations

from typing import Any

from llmdeploy.serving.frameworks.flags import rendered_flag
from llmdeploy.serving.frameworks.launch import (
    EVERY_INTERFACE,
    FOLDER,
    HUB_TOKEN,
    Drain,
    Launch,
    LaunchFile,
    key_checker,
)
from llmdeploy.serving.frameworks.request import ServeRequest, SpeculativeRequest

IMAGE = "nvcr.io/nvidia/tensorrt-llm/release"
VERSION = "1.3.0rc5"
PORT = 8000
SHM_GIB = 2
"""tensorrtllm_backend's README: --shm-size=2g; trtllm-serve's own guide takes the host's with --ipc host."""
ULIMITS = {"memlock": -1, "stack": 67108864}
"""TensorRT-LLM quick-start guide."""
CONFIG = f"{FOLDER}/tensorrt-llm.yaml"
DTYPES = {"fp16": "float16", "bf16": "bfloat16"}
DECODING_TYPES = {"draft": "DraftTarget", "ngram": "NGram", "eagle": "Eagle3", "mtp": "MTP"}
LORA_RANK = 64


def launch(request: ServeRequest) -> Launch:
    """The release container, which has no entrypoint."""
    return Launch(
        framework="tensorrt-llm",
        image=IMAGE,
        tag=request.version or VERSION,
        command=("trtllm-serve", request.model, *tensorrt_llm_flags(request)),
        secret_environment={"HF_TOKEN": HUB_TOKEN},
        port=PORT,
        metrics_port=PORT,
        shm_gib=SHM_GIB,
        ulimits=ULIMITS,
        health_path="/health",
        ready_path="/health",
        # /metrics is JSON there.
        metrics_path="/prometheus/metrics",
        metrics="tensorrt-llm",
        # No handling of SIGTERM was found in what could be read.
        drain=Drain(timeout_s=None, proxy_first=True),
        key_checked_by=key_checker(request.api_key, can=False),
        files=(LaunchFile(path=CONFIG, content=as_yaml(without_flags(request))),),
        adapter_models={adapter.name: request.served_name for adapter in request.adapters},
        cache_folder="/root/.cache/huggingface",
    )


def tensorrt_llm_flags(request: ServeRequest) -> tuple[str, ...]:
    """The flags after the model. Nothing is both here and in the file: releases differ in which one wins."""
    parallel, batching = request.parallel, request.batching
    given: dict[str, Any] = {
        "host": EVERY_INTERFACE,
        "port": PORT,
        "served_model_name": request.served_name,
        "hf_revision": request.revision,
        "max_seq_len": request.context_length,
        "tp_size": parallel.tensor if parallel.tensor > 1 else None,
        "pp_size": parallel.pipeline if parallel.pipeline > 1 else None,
        "ep_size": parallel.tensor if parallel.expert else None,
        "max_batch_size": batching.concurrency,
        "max_num_tokens": batching.tokens,
        "config": CONFIG,
    }
    words = [word for name, value in given.items() if value is not None for word in (f"--{name}", str(value))]
    if batching.chunked_prefill:
        words.append("--enable_chunked_prefill")
    for name, value in request.extra:
        words += rendered_flag(name.replace("-", "_"), value)
    return tuple(words)


def without_flags(request: ServeRequest) -> dict[str, Any]:
    """The keys of LLM() that have no flag; Triton's model.yaml takes them too."""
    keys: dict[str, Any] = {"return_perf_metrics": True, "enable_iter_perf_stats": True}
    if request.weights.weights in DTYPES:
        keys["dtype"] = DTYPES[request.weights.weights]
    if cache := _kv_cache(request):
        keys["kv_cache_config"] = cache
    if request.speculative:
        keys |= speculative_keys(request.speculative)
    if request.adapters:
        ranks = [adapter.rank or LORA_RANK for adapter in request.adapters]
        keys["lora_config"] = {"max_lora_rank": max(ranks), "max_loras": len(request.adapters)}
    if request.structured_output:
        keys["guided_decoding_backend"] = request.structured_output
    return keys


def _kv_cache(request: ServeRequest) -> dict[str, Any]:
    """All of `kv_cache_config`: the section in the file replaces the one that its flags make up."""
    keys = {
        "enable_block_reuse": request.batching.prefix_caching,
        "free_gpu_memory_fraction": request.batching.memory_fraction,
        "dtype": request.weights.kv_cache,
    }
    return {name: value for name, value in keys.items() if value is not None}


def speculative_keys(speculative: SpeculativeRequest) -> dict[str, Any]:
    """`speculative_config`, and what the documentation's examples set beside it."""
    config: dict[str, Any] = {
        "decoding_type": DECODING_TYPES[speculative.method],
        "max_draft_len": speculative.tokens,
    }
    if speculative.model:
        config["speculative_model"] = speculative.model
    if speculative.method == "ngram":
        config["max_matching_ngram_size"] = speculative.tokens
    alone = speculative.method in ("draft", "ngram")
    return {"speculative_config": config, **({"disable_overlap_scheduler": True} if alone else {})}


def as_yaml(keys: dict[str, Any]) -> str:
    """A mapping as a YAML file, keys in the order given."""
    import yaml

    return yaml.safe_dump(keys, sort_keys=False)
