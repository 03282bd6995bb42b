"""Everything that can be said about one resolved document: the model's findings and the rules' together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from llmdeploy.serving.errors import Problem
from llmdeploy.serving.load.document import Document, Path, shown_path
from llmdeploy.serving.load.translate import Finding, findings
from llmdeploy.serving.rules import RULES, WARNINGS
from llmdeploy.serving.rules.problem import Rule
from llmdeploy.serving.spec import ServingSpec


@dataclass(frozen=True, slots=True)
class Checked:
    """The spec, or None when it has problems; and the problems and warnings."""

    spec: ServingSpec | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()


def check(document: Document, file: str) -> Checked:
    """Checks a document whose environments have been taken out or applied."""
    spec, found = _validated(document.data, document)
    if spec is not None:
        problems = _placed(_run(RULES, spec), document, file)
        warnings = _placed(_run(WARNINGS, spec), document, file)
        return Checked(None if problems else spec, problems, warnings)
    pruned, _ = _validated(_without(document.data, found), document)
    further = [rule for rule in _run(RULES, pruned) if not _concerns(rule, found)] if pruned else []
    return Checked(None, _placed([*found, *further], document, file))


def _validated(data: Any, document: Document) -> tuple[ServingSpec | None, list[Finding]]:
    try:
        return ServingSpec.model_validate(data), []
    except ValidationError as error:
        return None, list(findings(error.errors(include_url=False), document))


def _run(rules: Iterable[Rule], spec: ServingSpec) -> Iterator[Finding]:
    for rule in rules:
        for path, problem, mend in rule(spec):
            yield Finding(path, problem, mend)


def _without(data: dict[str, Any], found: Iterable[Finding]) -> dict[str, Any]:
    """The document without what the model found wrong, so that the rules can look at the rest."""
    rest = deepcopy(data)
    for finding in found:
        *parents, key = _nearest_key(finding.path)
        parent: Any = rest
        for step in parents:
            parent = _child(parent, step)
        if isinstance(parent, dict):
            parent.pop(key, None)
    return rest


def _nearest_key(path: Path) -> Path:
    """The path without the indices at its end: an item taken out would shift the places of those after it."""
    while isinstance(path[-1], int):
        path = path[:-1]
    return path


def _child(parent: Any, step: str | int) -> Any:
    if isinstance(parent, dict):
        return parent.get(step)
    return parent[step] if isinstance(parent, list) and isinstance(step, int) else None


def _concerns(rule: Finding, found: Iterable[Finding]) -> bool:
    """Whether a rule's finding may be the mere consequence of what was taken out."""
    return any(
        rule.path[: len(other.path)] == other.path or other.path[: len(rule.path)] == rule.path
        for other in found
    )


def _placed(found: Iterable[Finding], document: Document, file: str) -> tuple[Problem, ...]:
    return tuple(_problem(finding, document, file) for finding in found)


def _problem(finding: Finding, document: Document, file: str) -> Problem:
    nearest = document.nearest(finding.path)
    place = document.places[nearest]
    at_key = finding.at_key and nearest == finding.path
    # A short form has no keys of its own to name.
    rest = finding.path[len(nearest) :] if isinstance(document.value(nearest), dict) else ()
    return Problem(
        file,
        place.key_line if at_key else place.line,
        place.key_column if at_key else place.column,
        shown_path((*place.path, *rest)),
        finding.problem,
        finding.mend,
    )
