"""What must hold for every model, GPU and load."""

from __future__ import annotations

from dataclasses import replace
from math import isinf

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.models import catalog_architecture, catalog_models
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.sizing.size import size
from llmdeploy.serving.speed.capacity import IDLE, capacity
from llmdeploy.serving.speed.estimate import estimate
from llmdeploy.serving.speed.request import Speculation, SpeedRequest, Workload
from llmdeploy.serving.speed.result import Speed, Target
from llmdeploy.serving.speed.steps import roofline

SLACK = 1 + 1e-9
TIMES = ("ttft_p50", "ttft_p95", "tpot_p50", "tpot_p95")


@st.composite
def requests(draw: st.DrawFn) -> SpeedRequest:
    """A replica that holds the request."""
    architecture = catalog_architecture(draw(st.sampled_from(sorted(catalog_models()))))
    inputs, outputs = draw(st.integers(1, 20_000)), draw(st.integers(1, 1024))
    assume(inputs + outputs <= architecture.max_context)
    replica = SizingRequest(
        architecture=architecture,
        gpu=gpus()[draw(st.sampled_from(sorted(gpus())))],
        tensor_parallel=draw(st.sampled_from([1, 2, 4, 8])),
        pipeline_parallel=draw(st.sampled_from([1, 2])),
        weights=draw(st.sampled_from(["none", "fp8", "int8", "int4"])),
        kv_cache=draw(st.sampled_from(["16-bit", "fp8"])),
        framework=draw(st.sampled_from(["vllm", "sglang", "tgi", "tensorrt-llm", "triton"])),
        context_length=inputs + outputs,
    )
    assume(size(replica).kv_tokens >= inputs + outputs)
    return SpeedRequest(replica, Workload(inputs, outputs))


def closed(request: SpeedRequest, concurrency: int) -> SpeedRequest:
    return replace(request, workload=replace(request.workload, concurrency=concurrency))


def opened(request: SpeedRequest, rate: float) -> SpeedRequest:
    return replace(request, workload=replace(request.workload, requests_per_second=rate))


def with_gpu(request: SpeedRequest, **changes: float) -> SpeedRequest:
    """Another GPU with the batch kept, which by itself follows the memory."""
    replica = request.replica
    gpu = replace(replica.gpu, **changes)  # type: ignore[arg-type]
    return replace(request, replica=replace(replica, gpu=gpu))


def faster(request: SpeedRequest, part: str) -> SpeedRequest:
    """The same replica with 1.5 times the bandwidth, the FLOPS or the links."""
    gpu = request.replica.gpu
    if part == "links":
        return with_gpu(request, interconnect_gbs=1.5 * gpu.interconnect_gbs)
    if part == "bandwidth":
        return with_gpu(request, bandwidth_gbs=1.5 * gpu.bandwidth_gbs)
    rates = {name: 1.5 * getattr(gpu, name) for name in ("bf16_tflops", "fp8_tflops", "fp4_tflops")}
    return with_gpu(request, **rates)


def no_sooner(late: Speed, early: Speed, names: tuple[str, ...] = TIMES) -> None:
    for name in names:
        assert getattr(late, name) * SLACK >= getattr(early, name), name


PARTS = st.sampled_from(["bandwidth", "flops", "links"])


@given(requests(), st.integers(1, 4096), PARTS)
def test_a_faster_gpu_is_never_slower_with_so_many_at_once(
    request: SpeedRequest, concurrency: int, part: str
) -> None:
    one, other = estimate(closed(request, concurrency)), estimate(closed(faster(request, part), concurrency))
    no_sooner(one, other)
    assert other.output_tokens_per_second * SLACK >= one.output_tokens_per_second


@given(requests(), st.floats(0.001, 0.999), PARTS)
def test_a_faster_gpu_is_never_slower_at_a_rate(request: SpeedRequest, share: float, part: str) -> None:
    rate = share * estimate(request).requests_per_second
    no_sooner(estimate(opened(request, rate)), estimate(opened(faster(request, part), rate)))


@given(requests(), st.integers(1, 2048), st.integers(1, 2048))
def test_more_at_once_give_more_tokens_and_none_sooner(request: SpeedRequest, few: int, more: int) -> None:
    one, other = estimate(closed(request, few)), estimate(closed(request, few + more))
    no_sooner(other, one)
    assert other.output_tokens_per_second * SLACK >= one.output_tokens_per_second


@given(requests(), st.floats(0.001, 0.999), st.floats(1.0, 2.0))
def test_a_higher_rate_never_makes_answers_sooner(request: SpeedRequest, share: float, more: float) -> None:
    most = estimate(request).requests_per_second
    one, other = estimate(opened(request, share * most)), estimate(opened(request, share * more * most))
    no_sooner(other, one)
    assert one.ttft_p50 <= one.ttft_p95
    assert one.tpot_p50 <= one.tpot_p95


@given(requests(), st.floats(0.001, 0.999), st.integers(1, 4096))
def test_a_longer_prompt_never_has_its_first_token_sooner(
    request: SpeedRequest, share: float, more: int
) -> None:
    load = request.workload
    longer = replace(request, workload=replace(load, input_tokens=load.input_tokens + more))
    assume(size(request.replica).kv_tokens >= load.input_tokens + more + load.output_tokens)
    rate = share * estimate(request).requests_per_second
    no_sooner(estimate(opened(longer, rate)), estimate(opened(request, rate)), ("ttft_p50", "ttft_p95"))
    assert estimate(longer).requests_per_second <= estimate(request).requests_per_second * SLACK


@given(requests(), st.floats(1.0, 3.0))
def test_more_than_it_can_take_is_overload(request: SpeedRequest, times: float) -> None:
    most = estimate(request).requests_per_second
    found = estimate(opened(request, times * most * SLACK))
    assert found.overloaded
    assert isinf(found.ttft_p50)
    assert found.requests_per_second <= most * SLACK


@settings(deadline=None)
@given(requests(), st.floats(0.02, 10), st.floats(0.005, 0.5))
def test_the_capacity_is_the_highest_load_that_meets_the_target(
    request: SpeedRequest, ttft: float, tpot: float
) -> None:
    target = Target(ttft_p95=ttft, tpot_p95=tpot)
    found, most = capacity(request, target), estimate(request).requests_per_second

    def meets(rate: float) -> bool:
        speed = estimate(opened(request, rate))
        return speed.ttft_p95 <= ttft and speed.tpot_p95 <= tpot

    if not found.requests_per_second:
        assert found.replicas(1.0) is None
        assert not meets(IDLE * most)
        return
    assert meets(found.requests_per_second)
    assert found.limited_by == "throughput" or not meets(1.001 * found.requests_per_second)
    assert found.replicas(10 * found.requests_per_second) in (10, 11)


@settings(deadline=None)
@given(requests(), st.floats(0.02, 10), st.floats(1.0, 1.5), PARTS)
def test_a_looser_target_and_a_faster_gpu_never_have_less(
    request: SpeedRequest, ttft: float, looser: float, part: str
) -> None:
    target = Target(ttft_p95=ttft)
    found = capacity(request, target).requests_per_second
    assert capacity(request, Target(ttft_p95=ttft * looser)).requests_per_second >= found
    assert capacity(faster(request, part), target).requests_per_second * 1.001 >= found


@given(requests(), st.sampled_from(["draft", "ngram", "eagle", "mtp"]), st.integers(1, 8))
def test_speculation_is_a_range_that_load_lessens(request: SpeedRequest, method: str, tokens: int) -> None:
    guessing = replace(request, speculation=Speculation(method, tokens))
    alone, many = (estimate(closed(guessing, concurrency)).speculative_speedup for concurrency in (1, 256))
    assert alone is not None
    assert many is not None
    assert 0 < alone.low <= alone.high <= tokens + 1
    assert estimate(closed(guessing, 1)).tpot_p50 == estimate(closed(request, 1)).tpot_p50


@given(requests())
def test_a_step_takes_at_least_what_the_data_sheet_allows(request: SpeedRequest) -> None:
    steps = roofline(request)
    seconds = steps.seconds(1, 100, 0, 0)
    dense = steps.work.narrow.size + steps.work.wide.size + steps.work.head.size
    assert seconds >= dense / (request.replica.gpu.bandwidth_gbs * 1e9) * 0.8
