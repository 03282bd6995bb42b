"""SGLang. Read off SGLang 0.5.23's own parser and its `arg_groups`, which say what goes together."""

from __future__ import annotations

from llmdeploy.serving.frameworks.adapters import ADAPTERS, RuntimeAdapters, runtime_adapters
from llmdeploy.serving.frameworks.flags import options, rendered_flag
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

IMAGE = "lmsysorg/sglang"
VERSION = "0.5.23"
PORT = 30000
SHM_GIB = 32
"""docs/get-started/install.mdx of SGLang: --shm-size 32g."""
LORA_RANK = 64
"""For adapters that come at run time and say no rank: a wide net, as SGLang cannot raise it later."""
DTYPES = {"fp16": "float16", "bf16": "bfloat16"}
KV_CACHES = {"fp8": "fp8_e4m3", "nvfp4": "nvfp4"}
ALGORITHMS = {"draft": "STANDALONE", "ngram": "NGRAM", "mtp": "NEXTN"}

KEY_FILE = LaunchFile(path=f"{FOLDER}/sglang.yaml", content="api-key: {api-key}\n", secret=True)


def launch(request: ServeRequest) -> Launch:
    """The container `lmsysorg/sglang`, which has no server for its entrypoint: the whole command is given."""
    return Launch(
        framework="sglang",
        image=IMAGE,
        tag=f"v{request.version or VERSION}",
        command=("sglang", "serve", "--model-path", request.model, *sglang_flags(request)),
        # By default /health generates a token and waits up to 20 s for it.
        environment={"SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION": "0"},
        secret_environment={"HF_TOKEN": HUB_TOKEN},
        port=PORT,
        metrics_port=PORT,
        shm_gib=SHM_GIB,
        health_path="/health",
        # As cheap as /ready then, and as true: 503 while it starts or drains. Load balancers keep one path
        # where the framework changes under them.
        ready_path="/health",
        metrics_path="/metrics",
        metrics="sglang",
        drain=Drain(timeout_s=None, proxy_first=False),
        key_checked_by=key_checker(request.api_key, can=True),
        # SGLang takes a key in argv or in this file; argv shows in every process list.
        files=(KEY_FILE,) if request.api_key else (),
        adapter_models={one.name: f"{request.served_name}:{one.name}" for one in request.adapters},
        runtime_adapters=_changing_adapters(request),
        cache_folder="/root/.cache/huggingface",
    )


def sglang_flags(request: ServeRequest) -> tuple[str, ...]:
    """The flags after the model. It listens on 127.0.0.1 and keeps no metrics unless told to."""
    return (
        *options(host=EVERY_INTERFACE, port=PORT),
        "--enable-metrics",
        *options(
            served_model_name=request.served_name,
            context_length=request.context_length,
            revision=request.revision,
        ),
        *_number_format(request),
        *_parallel(request),
        *_batching(request),
        *(_speculative(request, request.speculative) if request.speculative else ()),
        *_adapters(request),
        *options(grammar_backend=request.structured_output),
        *(options(config=KEY_FILE.path) if request.api_key else ()),
        *(word for name, value in request.extra for word in rendered_flag(name, value)),
    )


def _number_format(request: ServeRequest) -> list[str]:
    weights = request.weights
    words = options(dtype=DTYPES.get(weights.weights))
    if weights.method == "online":
        words += options(quantization=weights.weights)
    elif weights.method == "bitsandbytes":
        words += options(quantization="bitsandbytes", load_format="bitsandbytes")
    return words + options(kv_cache_dtype=KV_CACHES.get(weights.kv_cache or ""))


def _parallel(request: ServeRequest) -> list[str]:
    parallel = request.parallel
    words = options(
        tp_size=parallel.tensor if parallel.tensor > 1 else None,
        dp_size=parallel.data if parallel.data > 1 else None,
        ep_size=parallel.tensor if parallel.expert else None,
    )
    if parallel.pipeline > 1:
        words += [*options(pp_size=parallel.pipeline), "--disable-overlap-schedule"]
    return words


def _batching(request: ServeRequest) -> list[str]:
    batching = request.batching
    unchunked = batching.chunked_prefill is False
    words = options(
        max_running_requests=batching.concurrency,
        max_prefill_tokens=batching.tokens,
        chunked_prefill_size=-1 if unchunked else batching.tokens,
        mem_fraction_static=batching.memory_fraction,
    )
    return [*words, *(["--disable-radix-cache"] if batching.prefix_caching is False else [])]


def _speculative(request: ServeRequest, speculative: SpeculativeRequest) -> list[str]:
    eagle = "EAGLE3" if speculative.eagle3 else "EAGLE"
    words = options(speculative_algorithm=ALGORITHMS.get(speculative.method, eagle))
    if speculative.method == "ngram":
        words += options(speculative_num_draft_tokens=speculative.tokens)
        # Blackwell's attention for an nvfp4 cache checks one line of guesses, not a tree.
        breadth = 1 if request.weights.kv_cache == "nvfp4" else None
        return words + options(speculative_ngram_max_bfs_breadth=breadth)
    # One chain of guesses and the token that follows it: SGLang wants all three numbers, or none.
    return words + options(
        speculative_draft_model_path=speculative.model,
        speculative_num_steps=speculative.tokens,
        speculative_eagle_topk=1,
        speculative_num_draft_tokens=speculative.tokens + 1,
    )


def _adapters(request: ServeRequest) -> list[str]:
    if changing := _changing_adapters(request):
        # Requests without an adapter take a place in a batch too.
        words = options(max_loras_per_batch=changing.most + 1, max_lora_rank=changing.rank)
        return ["--enable-lora", *words, "--lora-target-modules", "all", ADAPTERS]
    if not request.adapters:
        return []
    return [
        "--enable-lora",
        "--lora-paths",
        *(f"{adapter.name}={adapter.source}" for adapter in request.adapters),
        *options(max_loras_per_batch=len(request.adapters) + 1),
    ]


def _changing_adapters(request: ServeRequest) -> RuntimeAdapters | None:
    ranks = (adapter.rank or LORA_RANK for adapter in request.adapters)
    return runtime_adapters(request, "sglang", request.adapter_rank or max([LORA_RANK, *ranks]))
