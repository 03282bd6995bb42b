"""Real vLLM on the CPU, with the very flags that a cloud container would get."""

from __future__ import annotations

from dataclasses import replace

from llmdeploy.serving.frameworks.from_spec import serve_request
from llmdeploy.serving.frameworks.request import AdapterRequest, ServeRequest, WeightRequest
from llmdeploy.serving.frameworks.vllm import RUNTIME_UPDATES, changing_adapters, vllm_flags
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.model import ModelPlan, ServerPlan
from llmdeploy.serving.plan.runtime_adapters import decided_on_adapters
from llmdeploy.serving.plan.sources import resolved_source

CONCURRENCY = 8
STARTUP_TIMEOUT_S = 300.0
"""Measured 44 to 81 s to be ready on two cores, with a tiny model; several replicas share the cores."""
DRAIN_TIMEOUT_S = 30.0
KV_CACHE_GIB = 1
"""VLLM_CPU_KVCACHE_SPACE: a whole number of GiB, the least there is."""


def vllm_cpu_server(draft: Draft) -> Draft:
    """vLLM's API server as a process. `vllm serve` itself fails when the distribution is called vllm-cpu."""
    model, spec = draft.model, draft.spec
    assert model is not None
    draft = draft.decided(
        "server", "vLLM on the CPU", "hardware.gpu is none and there is a Python with vllm-cpu"
    )
    draft = draft.decided("server.enforce-eager", "on", "compiling costs more than it gains on a CPU")
    if spec.model.source_kind == "hub":
        draft = draft.decided("server.weights", model.id, "vLLM fetches them from the hub when it starts")
    draft = _warn_of_what_needs_a_gpu(draft)
    request = _request(draft, model)
    adapters = changing_adapters(request)
    draft = decided_on_adapters(draft, adapters)
    return draft.having(
        server=ServerPlan(
            kind="vllm-cpu",
            command=(
                *(draft.machine.vllm_python, "-m", "vllm.entrypoints.openai.api_server"),
                *("--host", "127.0.0.1", "--port", "{port}"),
                *("--model", "{weights}"),
                *vllm_flags(request),
                "--enforce-eager",
            ),
            environment={
                **_environment(spec.model.source_kind == "folder"),
                **(RUNTIME_UPDATES if adapters else {}),
            },
            weights=resolved_source(draft, spec.model.id),
            health_path="/health",
            metrics_path="/metrics",
            concurrency=request.batching.concurrency or CONCURRENCY,
            startup_timeout_s=STARTUP_TIMEOUT_S,
            drain_timeout_s=DRAIN_TIMEOUT_S,
            adapters=adapters,
        )
    )


def _environment(has_folder: bool) -> dict[str, str]:
    environment = {"VLLM_CPU_KVCACHE_SPACE": str(KV_CACHE_GIB)}
    return {**environment, "HF_HUB_OFFLINE": "1"} if has_folder else environment


def _request(draft: Draft, model: ModelPlan) -> ServeRequest:
    """What a container would be asked, without what needs a GPU."""
    asked = serve_request(draft.spec, context_length=model.context_length)
    return replace(
        asked,
        served_name=model.served_name,
        weights=WeightRequest(),
        speculative=None,
        batching=replace(asked.batching, concurrency=asked.batching.concurrency or CONCURRENCY),
        adapters=tuple(AdapterRequest(one.name, one.source, one.rank) for one in model.adapters),
        drain_timeout_s=DRAIN_TIMEOUT_S,
    )


def _warn_of_what_needs_a_gpu(draft: Draft) -> Draft:
    left_out = [name for name in ("quantization", "speculative") if getattr(draft.spec, name) is not None]
    return draft.warned(f"vLLM on the CPU makes no use of {' and '.join(left_out)}") if left_out else draft
