"""Sizes a deployment: whether it fits, and how many tokens and requests its cache holds."""

from __future__ import annotations

from functools import lru_cache

from llmdeploy.serving.sizing import constants
from llmdeploy.serving.sizing.activation import activation_peak
from llmdeploy.serving.sizing.band import band_gib, is_measured
from llmdeploy.serving.sizing.capacity import capacities
from llmdeploy.serving.sizing.memory_rules import cache_gib
from llmdeploy.serving.sizing.overheads import cuda_graph_gib, non_torch_gib
from llmdeploy.serving.sizing.parallel import refusals
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.sizing.result import GpuMemory, Sizing
from llmdeploy.serving.sizing.stages import Stage, stages
from llmdeploy.serving.sizing.weights import stage_weights

GIB = constants.GIB


@lru_cache(maxsize=16384)
def size(request: SizingRequest) -> Sizing:
    """The sizing of one replica, without a mend (`llmdeploy.serving.sizing.mend.size_with_mend` adds it).

    Answers are kept, so that planning many regions asks for the same division only once.
    """
    cut = _cut(request)
    memories = [_memory(request, stage) for stage in cut]
    left = [cache_gib(request, memory) for memory in memories]
    fullest = min(range(len(cut)), key=left.__getitem__)
    band = band_gib(request, memories[fullest].weights)
    nominal, low, high = capacities(
        request, cut, ([(gib + off) * GIB for gib in left] for off in (0.0, -band, band))
    )
    problems = tuple(refusals(request))
    one_request = nominal.bytes_per_token * request.context / GIB
    roomy = nominal.concurrency >= 1
    return Sizing(
        fits=roomy and not problems,
        certain=bool(problems) or (low.concurrency >= 1) == (high.concurrency >= 1),
        short_gib=0.0 if roomy else max(0.0, one_request - left[fullest]),
        gpus=request.tensor_parallel * request.pipeline_parallel,
        memory=memories[fullest],
        weights_total_gib=sum(memory.weights for memory in memories) * request.tensor_parallel,
        kv_gib=left[fullest],
        kv_tokens=nominal.tokens,
        kv_tokens_low=low.tokens,
        kv_tokens_high=high.tokens,
        concurrency=nominal.concurrency,
        band_gib=band,
        measured=is_measured(request),
        problems=problems,
    )


def _cut(request: SizingRequest) -> tuple[Stage, ...]:
    layers = len(request.architecture.layers)
    return stages(layers, min(request.pipeline_parallel, layers))


def _memory(request: SizingRequest, stage: Stage) -> GpuMemory:
    weights = stage_weights(request.architecture, stage, request.format.name, request.tensor_parallel)
    return GpuMemory(
        total=request.gpu.usable_gib,
        weights=weights / GIB,
        activation=activation_peak(request, stage) / GIB,
        non_torch=non_torch_gib(request),
        cuda_graphs=cuda_graph_gib(request, stage),
    )
