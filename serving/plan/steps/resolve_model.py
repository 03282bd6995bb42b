"""Which model, under which name, with how long a context."""

from __future__ import annotations

from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.model import AdapterPlan, ModelPlan
from llmdeploy.serving.plan.sources import resolved_source

LOCAL_CONTEXT_LENGTH = 2048
"""Tokens a request may span on a local region when the spec does not say: a quarter of what SmolLM2-135M can
(llama.context_length 8192 in its GGUF): 30 layers x 3 KV heads x 64 x 2 x 2 bytes make 45 MiB of KV cache a
slot."""


def resolve_model(draft: Draft) -> Draft:
    """Names the model as clients will ask for it."""
    model = draft.spec.model
    served_name = model.served_name or model.id
    context_length = model.context_length or LOCAL_CONTEXT_LENGTH
    if model.served_name is None:
        draft = draft.decided("model.served_name", served_name, "the model's id, as the spec names no other")
    if model.context_length is None:
        draft = draft.decided(
            "model.context_length", f"{context_length} tokens", "enough to try things out on a local region"
        )
    return draft.having(
        model=ModelPlan(
            id=model.id,
            revision=model.revision,
            served_name=served_name,
            context_length=context_length,
            adapters=tuple(
                AdapterPlan(
                    name=adapter.name, source=resolved_source(draft, adapter.source), rank=adapter.rank
                )
                for adapter in model.adapters
            ),
        )
    )
