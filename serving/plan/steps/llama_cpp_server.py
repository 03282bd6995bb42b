"""The embedded server: llama.cpp, with the user's GGUF, the bundled small model, or random weights."""

from __future__ import annotations

from collections.abc import Sequence

from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.model import AdapterPlan, ServerPlan
from llmdeploy.serving.plan.replicas import replicas_at_start
from llmdeploy.serving.plan.sources import resolved_source
from llmdeploy.serving.spec.model import source_kind

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
    draft, adapters = _adapters(draft, model.adapters)
    substitution = told_substitution(draft.spec.framework.name, draft.machine)
    draft = draft.decided("server", substitution, "nothing on this machine can run the framework itself")
    draft = _warn_of_unused_fields(draft)
    draft = draft.decided(
        "server.concurrency", f"{CONCURRENCY} requests at once", "a small machine; further requests wait"
    )
    draft = draft.decided("server.threads", threads, f"{draft.machine.cpus} CPUs, shared by the replicas")
    return draft.having(
        server=replica_server(
            model.served_name, model.context_length, weights, threads, substitution, adapters
        )
    )


def replica_server(
    served_name: str,
    context_length: int,
    weights: str,
    threads: int,
    substitution: str,
    adapters: Sequence[AdapterPlan] = (),
) -> ServerPlan:
    """The process. `threads`: CPU threads that one replica computes with."""
    return ServerPlan(
        kind="llama.cpp",
        command=(
            *("{python}", "-m", "llmdeploy.infra.replica"),
            *("--host", "127.0.0.1", "--port", "{port}"),
            *("--weights", "{weights}"),
            *("--served-model-name", served_name),
            *("--context-length", str(context_length)),
            *("--concurrency", str(CONCURRENCY)),
            *("--threads", str(threads)),
            *("--drain-timeout", str(DRAIN_TIMEOUT_S)),
            *("--replica", "{name}", "--region", "{region}"),
            *(part for adapter in adapters for part in ("--adapter", f"{adapter.name}={adapter.source}")),
        ),
        weights=weights,
        health_path="/health",
        metrics_path="/metrics",
        concurrency=CONCURRENCY,
        startup_timeout_s=STARTUP_TIMEOUT_S,
        drain_timeout_s=DRAIN_TIMEOUT_S,
        substitution=substitution,
    )


def told_substitution(framework: str, machine: Machine) -> str:
    """What stands in for the framework, and why."""
    why = "no GPU" if machine.gpus == 0 else "local regions do not use GPUs yet"
    return f"{framework} → llama.cpp on this machine ({why})"


def _weights(draft: Draft) -> tuple[Draft, str]:
    model = draft.spec.model
    if model.source_kind == "folder":
        return draft, resolved_source(draft, model.id)
    if draft.machine.smollm2 == "missing":
        return (
            draft.decided(
                "server.weights", RANDOM, "SmolLM2-135M is neither cached nor to be fetched without a network"
            ).warned(f"{model.id} is replaced by random weights: answers are noise"),
            RANDOM,
        )
    reason = f"the small model that comes along stands in for {model.id}"
    return draft.decided("server.weights", "SmolLM2-135M-Instruct (Q4_1)", reason), SMOLLM2


def _adapters(draft: Draft, adapters: Sequence[AdapterPlan]) -> tuple[Draft, list[AdapterPlan]]:
    """Those that fit: an adapter of another model would change a stand-in's weights into noise."""
    own_weights = draft.spec.model.source_kind == "folder"
    fitting = [adapter for adapter in adapters if own_weights and source_kind(adapter.source) == "folder"]
    left_out = [adapter.name for adapter in adapters if adapter not in fitting]
    if left_out:
        names = ", ".join(left_out)
        draft = draft.warned(
            f"model.adapters: {names} cannot be loaded into the stand-in and will answer 404"
        )
    return draft, fitting


def _warn_of_unused_fields(draft: Draft) -> Draft:
    fields = ("quantization", "speculative", "hardware", "parallel", "batching", "structured_output")
    unused = [name for name in fields if getattr(draft.spec, name) is not None]
    unused += ["framework.args"] if draft.spec.framework.args else []
    if not unused:
        return draft
    return draft.warned(f"llama.cpp stands in and makes no use of {', '.join(unused)}")


def _threads(draft: Draft) -> int:
    return max(1, draft.machine.cpus // max(1, replicas_at_start(draft.spec)))
