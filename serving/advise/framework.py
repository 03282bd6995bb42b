"""Which inference server."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.advise.circumstances import Circumstances
from llmdeploy.serving.catalog.frameworks import framework_facts


@dataclass(frozen=True, slots=True)
class FrameworkAdvice:
    """A server, and why."""

    name: str
    reason: str
    caution: str = ""


def advise_framework(given: Circumstances) -> FrameworkAdvice:
    """The first that applies: what is there already, then what is needed most, then the widest support."""
    if given.existing_triton:
        return FrameworkAdvice("triton", "Triton is there already: its vLLM backend keeps one way to serve")
    if given.structured_output:
        return FrameworkAdvice(
            "sglang", "answers held to a grammar, and prefixes shared between them, are what it is built for"
        )
    if given.nvidia_fleet:
        return FrameworkAdvice(
            "tensorrt-llm",
            "NVIDIA's own kernels answer the most on NVIDIA's GPUs",
            "fewer models and formats than vllm: `llmdeploy validate` says which",
        )
    if given.hugging_face:
        kept = framework_facts("tgi").maintenance
        reason = "reads the hub's models, and runs the transformers library's where it has none of its own"
        return FrameworkAdvice("vllm", reason, f"tgi is in maintenance: {kept}" if kept else "")
    return FrameworkAdvice("vllm", "the widest choice of models, formats and GPUs")
