"""Whether a draft model speaks the model's own tokens."""

from __future__ import annotations

from llmdeploy.serving.models.errors import BadModelFile, ModelUnknown
from llmdeploy.serving.models.lookup import model_architecture
from llmdeploy.serving.plan.draft import Draft


def check_draft_model(draft: Draft) -> Draft:
    """Refuse a draft model of another vocabulary: its guesses would mean other words."""
    wanted, architecture = draft.spec.speculative, draft.architecture
    if wanted is None or wanted.method != "draft" or not wanted.model or architecture is None:
        return draft
    try:
        small = model_architecture(wanted.model, overlay=draft.price_overlay, describe=draft.describe)
    except (ModelUnknown, BadModelFile) as error:
        return draft.warned(
            f"speculative.model: not checked or sized, as nothing describes it: {error.problem}"
        )
    if small.vocabulary != architecture.vocabulary:
        return draft.refused(
            ("speculative", "model"),
            f"has a vocabulary of {small.vocabulary}, and the model one of {architecture.vocabulary}",
            "use a smaller model of the same family",
        )
    return draft
