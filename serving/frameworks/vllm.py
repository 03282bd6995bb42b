"""vLLM: the same flags in a cloud container and on a bare CPU. Read off vLLM 0.32.0's own parser."""

from __future__ import annotations

import json

from llmdeploy.serving.frameworks.adapters import ADAPTERS, RuntimeAdapters, runtime_adapters
from llmdeploy.serving.frameworks.flags import options, rendered_flag
from llmdeploy.serving.frameworks.launch import (
    API_KEY,
    EVERY_INTERFACE,
    HUB_TOKEN,
    Drain,
    Launch,
    key_checker,
)
from llmdeploy.serving.frameworks.request import AdapterRequest, ServeRequest, SpeculativeRequest

IMAGE = "vllm/vllm-openai"
VERSION = "0.32.0"
PORT = 8000
SHM_GIB = 2
"""docs/deployment/k8s.md of vLLM mounts as much on /dev/shm, for tensor parallelism."""

LORA_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""The only values that --max-lora-rank takes in vLLM 0.32."""
LORA_RANK = 16
"""--max-lora-rank's default, for an adapter of unknown rank."""

RUNTIME_UPDATES = {"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "1"}
"""Opens the calls that load and unload adapters (vllm/envs.py)."""

DTYPES = {"fp16": "float16", "bf16": "bfloat16"}
ONLINE = {"fp8": "fp8_per_tensor"}
"""--quantization by weights, for what vLLM quantizes while it loads. `fp8` itself is a deprecated alias."""
SPECULATIVE = {"draft": "draft_model", "ngram": "ngram", "mtp": "mtp"}
GRAMMARS = {"llguidance": "guidance"}
"""Where vLLM calls a grammar library otherwise."""


def launch(request: ServeRequest) -> Launch:
    """The container `vllm/vllm-openai`, whose entrypoint is `vllm serve`: only the model and flags follow."""
    return Launch(
        framework="vllm",
        image=IMAGE,
        tag=f"v{request.version or VERSION}",
        command=(request.model, "--host", EVERY_INTERFACE, "--port", str(PORT), *vllm_flags(request)),
        environment=RUNTIME_UPDATES if request.runtime_adapters else {},
        secret_environment={"HF_TOKEN": HUB_TOKEN, **({"VLLM_API_KEY": API_KEY} if request.api_key else {})},
        port=PORT,
        metrics_port=PORT,
        shm_gib=SHM_GIB * request.parallel.tensor,
        health_path="/health",
        ready_path="/health",
        metrics_path="/metrics",
        metrics="vllm",
        drain=Drain(timeout_s=request.drain_timeout_s, proxy_first=False),
        key_checked_by=key_checker(request.api_key, can=True),
        adapter_models={adapter.name: adapter.name for adapter in request.adapters},
        runtime_adapters=changing_adapters(request),
        cache_folder="/root/.cache",
    )


def changing_adapters(request: ServeRequest) -> RuntimeAdapters | None:
    """The adapters that come and go while it runs, where the request wants that."""
    wanted = request.adapter_rank or max(LORA_RANK, lora_rank(request.adapters))
    return runtime_adapters(request, "vllm", _rank_step(wanted))


def vllm_flags(request: ServeRequest) -> tuple[str, ...]:
    """The flags after the model, without host and port."""
    return (
        *options(
            served_model_name=request.served_name,
            max_model_len=request.context_length,
            max_num_seqs=request.batching.concurrency,
            shutdown_timeout=round(request.drain_timeout_s),
            revision=request.revision,
        ),
        *_number_format(request),
        *_parallel(request),
        *_batching(request),
        *_speculative(request.speculative),
        *_adapters(request),
        *_structured_output(request),
        *(word for name, value in request.extra for word in rendered_flag(name, value)),
    )


def _number_format(request: ServeRequest) -> list[str]:
    weights = request.weights
    return options(
        dtype=DTYPES.get(weights.weights),
        # A checkpoint that is quantized already says so itself: forcing a method only picks another kernel.
        quantization=ONLINE[weights.weights] if weights.method == "online" else None,
        kv_cache_dtype=weights.kv_cache,
    )


def _parallel(request: ServeRequest) -> list[str]:
    parallel = request.parallel
    return [
        *options(
            tensor_parallel_size=parallel.tensor if parallel.tensor > 1 else None,
            pipeline_parallel_size=parallel.pipeline if parallel.pipeline > 1 else None,
            data_parallel_size=parallel.data if parallel.data > 1 else None,
            # A front for each copy is the default, and of several only one would learn of an adapter.
            api_server_count=1 if parallel.data > 1 and request.runtime_adapters else None,
        ),
        *(["--enable-expert-parallel"] if parallel.expert else []),
    ]


def _batching(request: ServeRequest) -> list[str]:
    batching = request.batching
    words = options(max_num_batched_tokens=batching.tokens, gpu_memory_utilization=batching.memory_fraction)
    if batching.prefix_caching is not None:
        words += rendered_flag("enable-prefix-caching", batching.prefix_caching)
    if batching.chunked_prefill is not None:
        words += rendered_flag("enable-chunked-prefill", batching.chunked_prefill)
    return words


def _speculative(speculative: SpeculativeRequest | None) -> list[str]:
    if speculative is None:
        return []
    return ["--speculative-config", json.dumps(speculative_config(speculative), separators=(",", ":"))]


def speculative_config(speculative: SpeculativeRequest) -> dict[str, str | int]:
    """vLLM's `speculative_config`, as JSON has it: n-gram lookups have no flags of their own."""
    eagle = "eagle3" if speculative.eagle3 else "eagle"
    config: dict[str, str | int] = {
        "method": SPECULATIVE.get(speculative.method, eagle),
        "num_speculative_tokens": speculative.tokens,
    }
    if speculative.model:
        config["model"] = speculative.model
    if speculative.method == "ngram":
        config["prompt_lookup_max"] = speculative.tokens
    return config


def _adapters(request: ServeRequest) -> list[str]:
    if changing := changing_adapters(request):
        return ["--enable-lora", *options(max_loras=changing.most, max_lora_rank=changing.rank), ADAPTERS]
    if not request.adapters:
        return []
    words = ["--enable-lora", *options(max_loras=len(request.adapters))]
    words += options(max_lora_rank=lora_rank(request.adapters))
    return [
        *words,
        "--lora-modules",
        *(f"{adapter.name}={adapter.source}" for adapter in request.adapters),
    ]


def lora_rank(adapters: tuple[AdapterRequest, ...]) -> int:
    """The least --max-lora-rank that fits all adapters."""
    wanted = max((adapter.rank or LORA_RANK for adapter in adapters), default=LORA_RANK)
    return _rank_step(wanted)


def _rank_step(wanted: int) -> int:
    return next((rank for rank in LORA_RANKS if rank >= wanted), wanted)


def _structured_output(request: ServeRequest) -> list[str]:
    if request.structured_output is None:
        return []
    backend = GRAMMARS.get(request.structured_output, request.structured_output)
    return ["--structured-outputs-config.backend", backend]
