"""Which model a cloud serves, and its shape, on which memory, speed and price depend."""

from __future__ import annotations

from llmdeploy.serving.models.errors import BadModelFile, ModelUnknown
from llmdeploy.serving.models.lookup import model_architecture
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.model import AdapterPlan, ModelPlan


def resolve_cloud_model(draft: Draft) -> Draft:
    """Names the model as clients will ask for it, and finds its architecture."""
    model = draft.spec.model
    try:
        architecture = model_architecture(
            model.id, model.revision, overlay=draft.price_overlay, describe=draft.describe
        )
    except (ModelUnknown, BadModelFile) as error:
        return draft.refused(("model", "id"), error.problem, error.mend)
    longest = architecture.max_context
    if model.context_length is not None and model.context_length > longest:
        return draft.refused(
            ("model", "context_length"),
            f"{model.context_length} tokens is longer than the model's {longest}",
            f"use at most {longest}",
        )
    if model.served_name is None:
        draft = draft.decided("model.served_name", model.id, "the model's id, as the spec names no other")
    if model.context_length is None:
        draft = draft.decided("model.context_length", f"{longest} tokens", "the longest that the model has")
    if not architecture.known:
        draft = draft.warned(
            f"{model.id}: the kind {architecture.model_type} is not known; sized as if it were like Llama"
        )
    if not architecture.verified:
        draft = draft.warned(
            f"{model.id}: the catalog has its shape from memory, checked against its parameter count alone; "
            f"`llmdeploy catalog add {model.id} FOLDER` with its config.json makes it sure"
        )
    return draft.having(
        architecture=architecture,
        model=ModelPlan(
            id=model.id,
            revision=model.revision,
            served_name=model.served_name or model.id,
            context_length=model.context_length or longest,
            adapters=tuple(AdapterPlan(name=a.name, source=a.source, rank=a.rank) for a in model.adapters),
            draft=draft.spec.speculative.model if draft.spec.speculative else None,
        ),
    )
