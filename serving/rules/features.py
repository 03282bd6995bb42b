"""The features that a spec asks its server for, each with its place in the spec."""

from __future__ import annotations

from llmdeploy.serving.catalog.frameworks import server_name
from llmdeploy.serving.spec import ServingSpec

Where = tuple[str | int, ...]

WORDS = {
    "tensor-parallel": "tensor parallelism",
    "pipeline-parallel": "pipeline parallelism",
    "data-parallel": "data parallelism within a server",
    "expert-parallel": "expert parallelism",
    "kv-cache-fp8": "an fp8 key-value cache",
    "kv-cache-nvfp4": "an nvfp4 key-value cache",
    "speculative": "speculative decoding",
    "speculative-draft": "speculative decoding with a draft model",
    "speculative-ngram": "speculative decoding by n-grams",
    "speculative-eagle": "speculative decoding with an EAGLE head",
    "speculative-mtp": "speculative decoding with the model's own heads (mtp)",
    "adapters": "adapters",
    "runtime-adapters": "loading of adapters at run time",
    "structured-output": "structured output",
    "structured-output-xgrammar": "structured output by xgrammar",
    "structured-output-llguidance": "structured output by llguidance",
    "structured-output-outlines": "structured output by outlines",
    "structured-output-lm-format-enforcer": "structured output by lm-format-enforcer",
    "concurrency": "a limit on requests at once",
    "batch-tokens": "a limit on tokens of a step",
    "memory-fraction": "a share of GPU memory",
    "prefix-caching": "a switch for prefix caching",
    "chunked-prefill": "a switch for chunked prefill",
}
"""Each feature of capabilities.yaml in an error message."""


def server_of(spec: ServingSpec) -> str:
    """The server that the spec asks for: the framework, or Triton with its backend."""
    return server_name(spec.framework.name, spec.framework.backend)


def shown_server(server: str) -> str:
    """A server as a user writes it in a spec."""
    name, _, backend = server.partition("-") if server.startswith("triton-") else (server, "", "")
    return f"{name} (backend: {backend})" if backend else name


def features_of(spec: ServingSpec) -> dict[str, Where]:
    """Every feature that the spec asks for, with its place."""
    grammar = spec.structured_output
    return {
        **_parallel(spec),
        **_number_formats(spec),
        **_batching(spec),
        **({"adapters": ("model", "adapters")} if spec.model.adapters else {}),
        **({"runtime-adapters": ("model", "runtime_adapters")} if spec.model.adapters_change else {}),
        **({f"structured-output-{grammar}": ("structured_output",)} if grammar else {}),
    }


def _parallel(spec: ServingSpec) -> dict[str, Where]:
    parallel = spec.parallel
    if parallel is None:
        return {}
    found: dict[str, Where] = {}
    for key in ("tensor", "pipeline", "data"):
        if (getattr(parallel, key) or 1) > 1:
            found[f"{key}-parallel"] = ("parallel", key)
    if parallel.expert:
        found["expert-parallel"] = ("parallel", "expert")
    return found


def _number_formats(spec: ServingSpec) -> dict[str, Where]:
    found: dict[str, Where] = {}
    if spec.quantization and spec.quantization.kv_cache:
        found[f"kv-cache-{spec.quantization.kv_cache}"] = ("quantization", "kv_cache")
    if spec.speculative:
        found[f"speculative-{spec.speculative.method}"] = ("speculative", "method")
    return found


def _batching(spec: ServingSpec) -> dict[str, Where]:
    if spec.batching is None:
        return {}
    keys = {"concurrency": "concurrency", "tokens": "batch-tokens", "memory_fraction": "memory-fraction"}
    keys |= {"prefix_caching": "prefix-caching", "chunked_prefill": "chunked-prefill"}
    return {
        feature: ("batching", key) for key, feature in keys.items() if getattr(spec.batching, key) is not None
    }
