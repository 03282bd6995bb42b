"""The same spec at the base of the change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.serving.errors import SpecErrors

if TYPE_CHECKING:
    from llmdeploy.cli.review.request import Request
    from llmdeploy.infra.home import Home
    from llmdeploy.serving.load import LoadedSpec
    from llmdeploy.serving.plan.model import Plan


@dataclass(frozen=True, slots=True)
class AtBase:
    """What the base says of a spec.

    Args:
        known: whether there was such a spec, valid or not.
        note: what a reader should know where there is nothing to compare with.
    """

    source: LoadedSpec | None = None
    plan: Plan | None = None
    known: bool = False
    note: str = ""


def at_base(request: Request, spec: Path, home: Home) -> AtBase:
    """The spec's plan at the base; an empty answer without a base, or for a new spec.

    Raises:
        RevisionUnusable: git knows no such base.
    """
    if request.base is None:
        return AtBase()
    text = _text(spec, request.base)
    if text is None:
        return AtBase(note=f"The spec is new: {request.base} does not have it.")
    from llmdeploy.cli.opening import plan_source
    from llmdeploy.serving.load import parse_spec

    try:
        source = parse_spec(text, f"{request.base}:{spec}", request.environment)
        return AtBase(source, plan_source(source, home), known=True)
    except SpecErrors as errors:
        first = errors.problems[0]
        return AtBase(
            known=True,
            note=f"There is nothing to compare with: the spec of {request.base} has errors ({first}).",
        )


def _text(spec: Path, base: str) -> str | None:
    """The spec's text at the base, also when it was renamed since."""
    from llmdeploy.infra.revision.git import changed_files, text_at

    folder, name = _place(spec)
    text = text_at(folder, base, name)
    if text is not None or not spec.exists():
        return text
    before = next((each.before for each in changed_files(folder, base) if each.path == name), None)
    return text_at(folder, base, before) if before is not None else None


def _place(spec: Path) -> tuple[Path, str]:
    """A folder that is there, and the path from it to the spec."""
    folder = spec.absolute().parent
    while not folder.is_dir():
        folder = folder.parent
    return folder, spec.absolute().relative_to(folder).as_posix()
