"""How much of a GPU each framework gives to the key-value cache."""

from __future__ import annotations

from llmdeploy.serving.sizing import constants
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.sizing.result import GpuMemory


def cache_gib(request: SizingRequest, used: GpuMemory) -> float:
    """GiB left for the cache on a GPU with the given uses; negative when they do not fit."""
    if request.framework == "sglang":
        return _sglang(request, used)
    free = used.total - used.weights - used.activation - used.non_torch
    if request.framework == "tensorrt-llm":
        return (free - used.cuda_graphs) * (request.utilisation or constants.TENSORRT_LLM_FREE_FRACTION)
    if request.framework == "tgi":
        unused = used.total * (1 - (request.utilisation or constants.TGI_FRACTION))
        return free - used.cuda_graphs - unused
    unused = used.total * (1 - utilisation(request))
    graphs = used.cuda_graphs if request.release >= constants.GRAPHS_SUBTRACTED_FROM else 0.0
    return free - unused - graphs


def utilisation(request: SizingRequest) -> float:
    """The share of the card that vLLM may use."""
    if request.utilisation is not None:
        return request.utilisation
    return [share for since, share in constants.VLLM_UTILISATION if request.release >= since][-1]


def _sglang(request: SizingRequest, used: GpuMemory) -> float:
    """Weights and cache share one fraction of the card; the rest is for everything else."""
    if request.utilisation is not None:
        return used.total * request.utilisation - used.weights
    chunk = request.max_batched_tokens or _below(constants.SGLANG_CHUNK, used.total)
    parallel = request.tensor_parallel * request.pipeline_parallel
    reserve = (
        constants.SGLANG_RESERVE_MIB
        + constants.SGLANG_TOKEN_MIB * chunk
        + constants.SGLANG_PARALLEL_MIB * parallel
        + _below(constants.SGLANG_GRAPH_MIB, used.total)
    ) / 1024
    if used.total > constants.SGLANG_LARGE_CARD_GIB:
        reserve = max(reserve, constants.SGLANG_LEAST_RESERVE_GIB)
    return used.total - reserve - used.weights


def _below(table: tuple[tuple[float, int], ...], total: float) -> int:
    return next(value for limit, value in table if total < limit)
