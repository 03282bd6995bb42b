"""Rules about GPUs in parallel and batches."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.rules.features import server_of
from llmdeploy.serving.rules.hardware import hardware_named
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec

VLLM_ENGINES = ("vllm", "triton-vllm")


def parallel_uses_every_gpu(spec: ServingSpec) -> Iterator[RuleProblem]:
    """tensor × pipeline × data is the number of GPUs of a replica."""
    parallel = spec.parallel
    if parallel is None:
        return
    outer = (parallel.pipeline or 1) * (parallel.data or 1)
    for path, hardware in hardware_named(spec):
        count = hardware.count
        if count is None:
            continue
        if parallel.tensor is None and count % outer:
            yield RuleProblem(
                (*path, "count"),
                f"{count} GPUs cannot be shared by {outer} stages and copies",
                f"use a multiple of {outer}",
            )
        elif parallel.tensor is not None and parallel.tensor * outer != count:
            yield RuleProblem(
                (*path, "count"),
                f"{count} GPUs, and parallel uses {parallel.tensor * outer}",
                f"use count: {parallel.tensor * outer}, or leave parallel.tensor out",
            )


def batch_tokens_are_enough(spec: ServingSpec) -> Iterator[RuleProblem]:
    """vLLM refuses a step too short for one token a request, or for a whole prompt that it may not cut."""
    batching = spec.batching
    if batching is None or batching.tokens is None or server_of(spec) not in VLLM_ENGINES:
        return
    context = spec.model.context_length
    if batching.concurrency is not None and batching.tokens < batching.concurrency:
        yield RuleProblem(
            ("batching", "tokens"),
            f"{batching.tokens} is less than concurrency {batching.concurrency}",
            "allow at least one token a request",
        )
    if batching.chunked_prefill is False and context is not None and batching.tokens < context:
        yield RuleProblem(
            ("batching", "tokens"),
            f"{batching.tokens} is less than model.context_length {context}, and prompts may not be cut",
            f"use at least {context}, or leave chunked_prefill out",
        )
