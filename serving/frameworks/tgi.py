"""Text Generation Inference, in maintenance. Read in its launcher at db931fcf; there is no parser to run."""

from __future__ import annotations

from llmdeploy.serving.frameworks.flags import options, rendered_flag
from llmdeploy.serving.frameworks.launch import API_KEY, HUB_TOKEN, Drain, Launch, key_checker
from llmdeploy.serving.frameworks.request import ServeRequest, WeightRequest

IMAGE = "ghcr.io/huggingface/text-generation-inference"
VERSION = "3.3.5"
PORT = 80
SHM_GIB = 1
"""README of TGI: --shm-size 1g, for NCCL."""
DTYPES = {"fp16": "float16", "bf16": "bfloat16"}
KV_CACHES = {"fp8": "fp8_e4m3fn"}
QUANTIZE = {("fp8", "online"): "fp8", ("int8", "eetq"): "eetq", ("int8", "bitsandbytes"): "bitsandbytes"}
QUANTIZE |= {("int4", "bitsandbytes"): "bitsandbytes-nf4"}
"""--quantize for what TGI quantizes while it loads; a quantized checkpoint says so itself."""


def launch(request: ServeRequest) -> Launch:
    """The container of TGI, whose entrypoint is the launcher."""
    return Launch(
        framework="tgi",
        image=IMAGE,
        tag=request.version or VERSION,
        command=tuple(tgi_flags(request)),
        environment=_environment(request),
        secret_environment={"HF_TOKEN": HUB_TOKEN, **({"API_KEY": API_KEY} if request.api_key else {})},
        port=PORT,
        metrics_port=PORT,
        shm_gib=SHM_GIB,
        health_path="/health",
        ready_path="/health",
        metrics_path="/metrics",
        metrics="tgi",
        drain=Drain(timeout_s=request.drain_timeout_s, proxy_first=False),
        key_checked_by=key_checker(request.api_key, can=True),
        adapter_models={adapter.name: adapter.name for adapter in request.adapters},
        cache_folder="/data",
    )


def tgi_flags(request: ServeRequest) -> list[str]:
    """All of the launcher's flags. TGI has none for a served name: it answers to any."""
    parallel, batching, context = request.parallel, request.batching, request.context_length
    adapters = ",".join(f"{adapter.name}={adapter.source}" for adapter in request.adapters)
    return [
        *options(
            model_id=request.model,
            revision=request.revision,
            port=PORT,
            **_number_format(request.weights),
            num_shard=parallel.tensor if parallel.tensor > 1 else None,
            max_total_tokens=context,
            # Must be less than the total, and is not of itself.
            max_input_tokens=context - 1 if context else None,
            max_batch_prefill_tokens=batching.tokens,
            cuda_memory_fraction=batching.memory_fraction,
            speculate=request.speculative.tokens if request.speculative else None,
            lora_adapters=adapters or None,
            graceful_termination_timeout=round(request.drain_timeout_s),
        ),
        *(word for name, value in request.extra for word in rendered_flag(name, value)),
    ]


def _number_format(weights: WeightRequest) -> dict[str, str | None]:
    return {
        "dtype": DTYPES.get(weights.weights),
        "quantize": QUANTIZE.get((weights.weights, weights.method or "")),
        "kv_cache_dtype": KV_CACHES.get(weights.kv_cache or ""),
    }


def _environment(request: ServeRequest) -> dict[str, str]:
    """What the launcher takes from the environment only."""
    switches = {
        "PREFIX_CACHING": request.batching.prefix_caching,
        "PREFILL_CHUNKING": request.batching.chunked_prefill,
    }
    return {name: str(int(value)) for name, value in switches.items() if value is not None}
