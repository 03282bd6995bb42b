"""The models that a replica loads: what `weights push` mirrors, and what a node brings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from llmdeploy.serving.plan.model import ModelPlan
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.model import source_kind


@dataclass(frozen=True, slots=True)
class NodeModel:
    """The base model, an adapter, or the draft model."""

    source: str
    """A hub id or a folder."""
    revision: str | None = None

    @property
    def from_hub(self) -> bool:
        """Whether a server could also fetch it itself."""
        return source_kind(self.source) == "hub"


def plan_models(model: ModelPlan) -> tuple[NodeModel, ...]:
    """All that a replica of a plan loads, each once."""
    return _each_once(model.id, model.revision, (one.source for one in model.adapters), model.draft)


def spec_models(spec: ServingSpec) -> tuple[NodeModel, ...]:
    """The same, of a spec that has not been planned."""
    draft = spec.speculative.model if spec.speculative else None
    return _each_once(spec.model.id, spec.model.revision, (one.source for one in spec.model.adapters), draft)


def _each_once(
    model: str, revision: str | None, adapters: Iterable[str], draft: str | None
) -> tuple[NodeModel, ...]:
    others = (*adapters, *([draft] if draft else []))
    return tuple(dict.fromkeys((NodeModel(model, revision), *map(NodeModel, others))))
