"""What must hold for every model, GPU and division."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.models import catalog_architecture, catalog_models
from llmdeploy.serving.sizing.mend import least_gpus, longest_context, size_with_mend
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.sizing.size import size

POWERS = st.sampled_from([1, 2, 4, 8])


@st.composite
def requests(draw: st.DrawFn) -> SizingRequest:
    architecture = catalog_architecture(draw(st.sampled_from(sorted(catalog_models()))))
    return SizingRequest(
        architecture=architecture,
        gpu=gpus()[draw(st.sampled_from(sorted(gpus())))],
        tensor_parallel=draw(POWERS),
        pipeline_parallel=draw(st.sampled_from([1, 2, 3])),
        weights=draw(st.sampled_from(["none", "bf16", "fp8", "int8", "int4"])),
        kv_cache=draw(st.sampled_from(["16-bit", "fp8", "nvfp4"])),
        framework=draw(st.sampled_from(["vllm", "sglang", "tgi", "tensorrt-llm", "triton"])),
        context_length=draw(st.integers(1, architecture.max_context)),
    )


@given(requests())
def test_more_ranks_never_hold_more_weights_each(request: SizingRequest) -> None:
    twice = replace(request, tensor_parallel=2 * request.tensor_parallel)
    assert size(twice).memory.weights <= size(request).memory.weights


@given(requests(), st.floats(1, 100))
def test_more_memory_never_holds_fewer_tokens(request: SizingRequest, more: float) -> None:
    """The batch is pinned: by itself it grows with the card, and takes activation memory with it."""
    sequences, tokens = request.batch
    request = replace(request, max_sequences=sequences, max_batched_tokens=tokens, utilisation=0.9)
    larger = replace(request, gpu=replace(request.gpu, usable_gib=request.gpu.usable_gib + more))
    assert size(larger).kv_tokens >= size(request).kv_tokens
    assert size(larger).fits >= size(request).fits


@given(requests())
def test_a_shorter_context_never_stops_fitting(request: SizingRequest) -> None:
    shorter = replace(request, context_length=max(1, request.context // 2))
    assert size(shorter).fits >= size(request).fits


@given(requests())
def test_fewer_bits_never_hold_fewer_tokens(request: SizingRequest) -> None:
    wide = size(replace(request, kv_cache="16-bit"))
    assert size(replace(request, kv_cache="fp8")).kv_tokens >= wide.kv_tokens
    half, full = (size(replace(request, weights=weights)) for weights in ("fp8", "bf16"))
    assert half.memory.weights <= full.memory.weights


@given(requests())
def test_the_figures_agree_with_each_other(request: SizingRequest) -> None:
    found = size(request)
    assert found.kv_tokens_low <= found.kv_tokens <= found.kv_tokens_high
    assert found.memory.weights <= found.weights_total_gib
    assert found.fits == (not found.problems and found.concurrency >= 1)
    assert (found.short_gib > 0) <= (found.concurrency < 1)


@settings(deadline=None)
@given(requests())
def test_a_mend_mends(request: SizingRequest) -> None:
    found = size_with_mend(request)
    assert not (found.fits and found.mend)
    fewest, context = least_gpus(request), longest_context(request)
    assert fewest is None or size(fewest).fits
    assert context == 0 or size(replace(request, context_length=context)).fits
    if not found.mend and not found.fits:
        assert fewest is None
