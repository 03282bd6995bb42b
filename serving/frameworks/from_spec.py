"""From a spec to what is asked of its server."""

from __future__ import annotations

from llmdeploy.serving.catalog.frameworks import quantization_support, server_name
from llmdeploy.serving.frameworks.request import (
    AdapterRequest,
    BatchingRequest,
    GpuFacts,
    ParallelRequest,
    ServeRequest,
    SpeculativeRequest,
    WeightRequest,
)
from llmdeploy.serving.spec import ServingSpec

SPECULATIVE_TOKENS = {"draft": 5, "ngram": 4, "eagle": 3, "mtp": 1}
"""Tokens guessed at a time where the spec does not say: those of the examples in vLLM's documentation."""
LOADING_METHODS = ("online", "bitsandbytes", "eetq")
"""Ways of quantizing that happen while a 16-bit checkpoint loads. All others made the checkpoint."""


def serve_request(
    spec: ServingSpec,
    *,
    gpu_count: int = 1,
    gpu: GpuFacts | None = None,
    quantized_checkpoint: bool = False,
    api_key: bool = False,
    context_length: int | None = None,
) -> ServeRequest:
    """What a valid spec asks of one server.

    Args:
        gpu_count: GPUs of one replica, where the spec's `hardware.count` has been decided elsewhere.
        quantized_checkpoint: whether the weights are in a quantized format already, and loaded as they are.
        context_length: tokens of one request, where the spec leaves it open.
    """
    room = spec.model.runtime_adapters
    return ServeRequest(
        model=spec.model.id,
        served_name=spec.model.served_name or spec.model.id,
        revision=spec.model.revision,
        version=spec.framework.version,
        context_length=spec.model.context_length or context_length,
        weights=_weights(spec, quantized_checkpoint),
        parallel=_parallel(spec, gpu_count),
        batching=BatchingRequest(**(spec.batching.model_dump() if spec.batching else {})),
        speculative=_speculative(spec),
        adapters=tuple(AdapterRequest(one.name, one.source, one.rank) for one in spec.model.adapters),
        runtime_adapters=spec.model.adapters_change,
        most_adapters=room.most if room else None,
        adapter_rank=room.rank if room else None,
        structured_output=spec.structured_output,
        api_key=api_key,
        gpu=gpu,
        extra=tuple(spec.framework.args.items()),
    )


def _weights(spec: ServingSpec, quantized_checkpoint: bool) -> WeightRequest:
    """The method is one that happens at loading, or None: a quantized checkpoint names its own."""
    wanted = spec.quantization
    if wanted is None:
        return WeightRequest()
    server = server_name(spec.framework.name, spec.framework.backend)
    ways = [row.method for row in quantization_support(server) if row.weights == wanted.weights]
    loading = [way for way in ways if way in LOADING_METHODS and wanted.method in (None, way)]
    method = loading[0] if loading and not quantized_checkpoint else None
    return WeightRequest(weights=wanted.weights, method=method, kv_cache=wanted.kv_cache)


def _parallel(spec: ServingSpec, gpu_count: int) -> ParallelRequest:
    """Tensor parallelism takes the GPUs that pipeline stages and copies leave."""
    parallel = spec.parallel
    count = (spec.hardware.count if spec.hardware else None) or gpu_count
    if parallel is None:
        return ParallelRequest(tensor=count)
    pipeline, data = parallel.pipeline or 1, parallel.data or 1
    tensor = parallel.tensor or max(1, count // (pipeline * data))
    return ParallelRequest(tensor=tensor, pipeline=pipeline, data=data, expert=parallel.expert)


def _speculative(spec: ServingSpec) -> SpeculativeRequest | None:
    wanted = spec.speculative
    if wanted is None:
        return None
    tokens = wanted.tokens or SPECULATIVE_TOKENS[wanted.method]
    return SpeculativeRequest(method=wanted.method, tokens=tokens, model=wanted.model)
