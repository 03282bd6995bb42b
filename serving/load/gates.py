"""The quality gates that a spec and its environments name, each with its place."""

from __future__ import annotations

from collections.abc import Mapping

from llmdeploy.serving.load.check import Checked
from llmdeploy.serving.load.document import Document, shown_path
from llmdeploy.serving.load.environments import Environment
from llmdeploy.serving.quality.gate import Gate

_PROMPTS = ("rollout", "eval", "prompts")


def gates_of(
    plain: Checked, base: Document, environments: Mapping[str, Environment], file: str
) -> dict[str, Gate]:
    """By environment; the spec's own under the empty name. Whoever has no gate is left out."""
    every = {"": (base, plain)} | {
        name: (environment.document, environment.checked) for name, environment in environments.items()
    }
    found = {name: _gate(document, checked, file) for name, (document, checked) in every.items()}
    return {name: gate for name, gate in found.items() if gate is not None}


def _gate(document: Document, checked: Checked, file: str) -> Gate | None:
    rollout = checked.spec.rollout if checked.spec else None
    if rollout is None or rollout.eval is None:
        return None
    place = document.place(_PROMPTS)
    return Gate(rollout.eval, file, place.line, place.column, shown_path(place.path))
