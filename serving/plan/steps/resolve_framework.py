"""Which version of the framework, and which number format."""

from __future__ import annotations

from llmdeploy.serving.catalog.frameworks import framework_facts
from llmdeploy.serving.plan.draft import Draft


def resolve_framework(draft: Draft) -> Draft:
    """Fills in the catalog's version, and says how the weights are quantized."""
    framework = draft.spec.framework
    version = framework.version or ""
    if not version and framework.name != "custom":
        version = framework_facts(framework.name).version
        draft = draft.decided("framework.version", version, "the catalog's default")
    quantization = draft.spec.quantization.weights if draft.spec.quantization else "none"
    return draft.having(framework_version=version, quantization=quantization)
