"""Whether a replica can run on some GPUs, and how well. Knows no region and no price."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from llmdeploy.serving.catalog.frameworks import quantization_support
from llmdeploy.serving.catalog.gpus import Gpu, gpus
from llmdeploy.serving.placement.ask import ReplicaAsk
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.sizing.result import Sizing
from llmdeploy.serving.sizing.size import size
from llmdeploy.serving.speed.batch import NoRoom
from llmdeploy.serving.speed.capacity import capacity
from llmdeploy.serving.speed.request import SpeedRequest
from llmdeploy.serving.speed.result import Capacity

SIXTEEN_BIT = ("bf16", "fp16")


@dataclass(frozen=True, slots=True)
class Fit:
    """A replica on GPUs of one kind. `reason` says why it cannot run; empty when it can."""

    tensor: int
    pipeline: int
    reason: str
    sizing: Sizing | None = None
    capacity: Capacity | None = None


@lru_cache(maxsize=4096)
def fit(replica: ReplicaAsk, gpu_name: str, count: int, exact: bool) -> Fit:
    """The best division over at most `count` GPUs; over all of them when `exact`.

    Answers are kept: hundreds of regions offer the same few kinds of instance.
    """
    gpu = gpus()[gpu_name]
    refused = _format_refused(replica, gpu)
    tried = [_divided(replica, gpu, tensor) for tensor in _divisions(replica, count, exact)]
    if refused or not tried:
        problem = refused or f"{count} GPUs are fewer than parallel asks for"
        return Fit(count, replica.pipeline, problem)
    return next((each for each in tried if not each.reason), tried[0])


def sizing_request(replica: ReplicaAsk, gpu: Gpu, tensor: int) -> SizingRequest:
    """What sizing is asked of a division."""
    return SizingRequest(
        architecture=replica.architecture,
        gpu=gpu,
        tensor_parallel=tensor,
        pipeline_parallel=replica.pipeline,
        weights=replica.weights,
        method=replica.method,
        kv_cache=replica.kv_cache,
        framework=replica.framework,
        version=replica.version,
        context_length=replica.context_length,
        utilisation=replica.memory_fraction,
        max_batched_tokens=replica.batch_tokens,
        max_sequences=replica.concurrency,
    )


def _divisions(replica: ReplicaAsk, count: int, exact: bool) -> list[int]:
    """Tensor parallelism to try: as given, else what the stages leave, then half of it, and so on."""
    if replica.tensor is not None:
        return [replica.tensor] if replica.tensor * replica.pipeline <= count else []
    tensor = count // replica.pipeline
    if exact:
        return [tensor] if tensor else []
    return [found for found in (tensor >> step for step in range(8)) if found]


def _divided(replica: ReplicaAsk, gpu: Gpu, tensor: int) -> Fit:
    request = sizing_request(replica, gpu, tensor)
    sizing = size(request)
    if sizing.problems:
        return Fit(tensor, replica.pipeline, sizing.problems[0], sizing)
    if not sizing.fits:
        return Fit(
            tensor, replica.pipeline, f"does not fit: {sizing.short_gib:.1f} GiB short on each GPU", sizing
        )
    try:
        found = capacity(SpeedRequest(request, replica.workload, replica.speculation), replica.target)
    except NoRoom as error:
        return Fit(tensor, replica.pipeline, error.problem, sizing)
    missed = _missed(found, replica)
    return Fit(tensor, replica.pipeline, missed, sizing, found)


def _missed(found: Capacity, replica: ReplicaAsk) -> str:
    if found.requests_per_second > 0:
        return ""
    if found.limited_by == "ttft_p95":
        return f"ttft_p95 {found.speed.ttft_p95:.2f} s, target {replica.target.ttft_p95:g} s"
    wanted = (replica.target.tpot_p95 or 0) * 1000
    return f"tpot_p95 {found.speed.tpot_p95 * 1000:.0f} ms, target {wanted:.0f} ms"


def _format_refused(replica: ReplicaAsk, gpu: Gpu) -> str:
    """Why the GPU cannot compute with the weights' format under this server; empty when it can."""
    wanted, native = replica.weights, replica.architecture.native
    if wanted != "fp16" and native != "fp16" and "bf16" not in gpu.formats:
        return f"{gpu.name} has no bf16, in which the model computes"
    if wanted in ("none", *SIXTEEN_BIT):
        return ""
    ways = [
        row
        for row in quantization_support(replica.server)
        if row.weights == wanted and replica.method in (None, row.method)
    ]
    if any(gpu.compute_capability >= row.compute_capability and gpu.name not in row.not_on for row in ways):
        return ""
    return f"{replica.framework} does not run {wanted} weights on {gpu.name}"
