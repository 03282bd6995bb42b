"""The embedded server: llama.cpp, with the user's GGUF, the bundled small model, or random weights."""

from __future__ import annotations

from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.model import ServerPlan

CONCURRENCY = 4
"""Slots of one replica: enough to see continuous batching on two cores, at 45 MiB of KV cache a slot."""
STARTUP_TIMEOUT_S = 120.0
"""It is ready in about a second; the rest is for a machine that is starting many at once."""
DRAIN_TIMEOUT_S = 20.0
"""An answer of 1,024 tokens takes about 8 s at the 135 tokens/s measured on two threads."""

SMOLLM2 = "smollm2"
RANDOM = "random"


def llama_cpp_server(draft: Draft) -> Draft:
    """The replica server that llmdeploy brings along, and a line that says what it stands in for."""
    model = draft.model
    assert model is not None
    draft, weights = _weights(draft)
    threads = _threads(draft)
    adapters = [f"{adapter.name}={adapter.source}" for adapter in model.adapters]
    substitution = f"{draft.spec.framework.name} → llama.cpp on this machine ({_why_not(draft)})"
    draft = draft.decided("server", substitution, "nothing on this machine can run the framework itself")
    draft = _warn_of_unused_fields(draft)
    draft = draft.decided(
        "server.concurrency", f"{CONCURRENCY} requests at once", "a small machine; further requests wait"
    )
    draft = draft.decided("server.threads", threads, f"{draft.machine.cpus} CPUs, shared by the replicas")
    return draft.having(
        server=ServerPlan(
            kind="llama.cpp",
            command=(
                *("{python}", "-m", "llmdeploy.infra.replica"),
                *("--host", "127.0.0.1", "--port", "{port}"),
                *("--weights", "{weights}"),
                *("--served-model-name", model.served_name),
                *("--context-length", str(model.context_length)),
                *("--concurrency", str(CONCURRENCY)),
                *("--threads", str(threads)),
                *("--drain-timeout", str(DRAIN_TIMEOUT_S)),
                *("--replica", "{name}", "--region", "{region}"),
                *(part for adapter in adapters for part in ("--adapter", adapter)),
            ),
            weights=weights,
            health_path="/health",
            metrics_path="/metrics",
            concurrency=CONCURRENCY,
            startup_timeout_s=STARTUP_TIMEOUT_S,
            drain_timeout_s=DRAIN_TIMEOUT_S,
            substitution=substitution,
        )
    )


def _weights(draft: Draft) -> tuple[Draft, str]:
    model = draft.spec.model
    if model.source_kind == "folder":
        return draft, model.id
    if draft.machine.smollm2 == "missing":
        return (
            draft.decided(
                "server.weights", RANDOM, "SmolLM2-135M is neither cached nor to be fetched without a network"
            ).warned(f"{model.id} is replaced by random weights: answers are noise"),
            RANDOM,
        )
    reason = f"the small model that comes along stands in for {model.id}"
    return draft.decided("server.weights", "SmolLM2-135M-Instruct (Q4_1)", reason), SMOLLM2


def _warn_of_unused_fields(draft: Draft) -> Draft:
    fields = ("quantization", "speculative", "hardware")
    unused = [name for name in fields if getattr(draft.spec, name) is not None]
    unused += ["framework.args"] if draft.spec.framework.args else []
    if not unused:
        return draft
    return draft.warned(f"llama.cpp stands in and makes no use of {', '.join(unused)}")


def _threads(draft: Draft) -> int:
    regions = draft.spec.regions
    return max(1, draft.machine.cpus // max(1, len(regions)))


def _why_not(draft: Draft) -> str:
    return "no GPU" if draft.machine.gpus == 0 else "local regions do not use GPUs yet"
