"""What to change so that a model fits, and how many GPUs it needs at least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from llmdeploy.serving.catalog.frameworks import framework_facts, quantization_support
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.sizing.result import Sizing
from llmdeploy.serving.sizing.size import size

GPU_COUNTS = (1, 2, 4, 8)
"""GPUs that one server of the clouds' types has."""
STAGE_COUNTS = (2, 4)
"""Servers in a pipeline, where one is not enough."""
CONTEXT_STEP = 1024
SHORTEST_CONTEXT = 4096
"""Tokens below which a shorter context is no mend."""


def size_with_mend(request: SizingRequest) -> Sizing:
    """The sizing, and when it does not fit, the first change that makes it fit.

    Tried in order: fewer GPUs, where the framework refuses so many; an 8-bit cache, 8-bit weights, a shorter
    context, more GPUs, 4-bit weights.
    """
    found = size(request)
    if found.fits:
        return found
    mend = next((text for text, changed in _changes(request) if size(changed).fits), "")
    return replace(found, mend=mend)


def least_gpus(request: SizingRequest) -> SizingRequest | None:
    """The request on the fewest GPUs of its kind that it fits on; None when no division tried fits."""
    single = [replace(request, tensor_parallel=count, pipeline_parallel=1) for count in GPU_COUNTS]
    staged = [
        replace(request, tensor_parallel=GPU_COUNTS[-1], pipeline_parallel=count) for count in STAGE_COUNTS
    ]
    return next((candidate for candidate in (*single, *staged) if size(candidate).fits), None)


def longest_context(request: SizingRequest) -> int:
    """The longest context that fits, in steps of 1,024 tokens; 0 when none does."""
    low, high = 0, min(request.context, request.architecture.max_context) // CONTEXT_STEP
    while low < high:
        middle = (low + high + 1) // 2
        if size(replace(request, context_length=middle * CONTEXT_STEP)).fits:
            low = middle
        else:
            high = middle - 1
    return low * CONTEXT_STEP


def _changes(request: SizingRequest) -> Iterator[tuple[str, SizingRequest]]:
    if size(request).problems:
        yield from _fewer(request)
    if request.kv_cache == "16-bit" and "fp8" in _cache_formats(request):
        yield "set quantization.kv_cache: fp8", replace(request, kv_cache="fp8")
    if request.format.bits > 8 and _runs(request, "fp8"):
        yield "set quantization: fp8", replace(request, weights="fp8", method=None)
    context = longest_context(request)
    if context >= SHORTEST_CONTEXT:
        yield f"set model.context_length: {context}", replace(request, context_length=context)
    more = least_gpus(request)
    if more is not None:
        yield _count(more), more
    if request.format.bits > 4 and _runs(request, "int4"):
        yield "serve an int4 checkpoint (quantization: int4)", replace(request, weights="int4", method=None)


def _fewer(request: SizingRequest) -> Iterator[tuple[str, SizingRequest]]:
    """The same GPUs or fewer in one stage, the most first."""
    asked = request.tensor_parallel * request.pipeline_parallel
    for count in reversed([count for count in GPU_COUNTS if count <= asked]):
        fewer = replace(request, tensor_parallel=count, pipeline_parallel=1)
        yield _count(fewer), fewer


def _count(request: SizingRequest) -> str:
    return f"set hardware.count: {request.tensor_parallel * request.pipeline_parallel}"


def _cache_formats(request: SizingRequest) -> tuple[str, ...]:
    return framework_facts(request.framework).kv_cache


def _runs(request: SizingRequest, weights: str) -> bool:
    return any(
        row.weights == weights
        and request.gpu.compute_capability >= row.compute_capability
        and request.gpu.name not in row.not_on
        for row in quantization_support(request.framework)
    )
