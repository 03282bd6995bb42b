"""The specs that a change touches, and which stacks they make."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.cli.spec_files import is_spec_file
from llmdeploy.serving.errors import LlmdeployError, SpecErrors

if TYPE_CHECKING:
    from llmdeploy.serving.load import LoadedSpec


@dataclass(frozen=True, slots=True)
class Touched:
    """One spec of a change.

    Args:
        stack: what the deployment is called; the file's name where the spec cannot be read.
        clouds: those of its regions; none where it cannot be read.
        deleted: only the base has it.
    """

    spec: Path
    stack: str
    environment: str
    clouds: frozenset[str] = frozenset()
    deleted: bool = False

    def data(self) -> dict[str, str | bool]:
        """A row of a job matrix."""
        return {
            "spec": str(self.spec),
            "stack": self.stack,
            "environment": self.environment,
            "deleted": self.deleted,
        }


def touched_specs(
    base: str | None, environment: str | None, specs: Sequence[Path] = ()
) -> tuple[Touched, ...]:
    """The specs as given, or those below this folder that differ from where the work left `base`.

    One that only lies elsewhere now is not told as deleted.

    Raises:
        RevisionUnusable: git knows no such base.
        LlmdeployError: neither specs nor a base are given.
    """
    found = [_touched(spec, base, environment) for spec in specs or _changed(base)]
    there = {each.stack for each in found if not each.deleted}
    return tuple(each for each in found if not (each.deleted and each.stack in there))


def specs_below(folder: Path) -> tuple[Path, ...]:
    """Every spec in a folder and those below it, but for hidden ones; paths from the folder."""
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*.y*ml")) if path.is_file())
    shown = (path for path in found if not any(part.startswith(".") for part in path.parts))
    return tuple(path for path in shown if is_spec_file(folder / path))


def text_at_base(spec: Path, base: str | None) -> str | None:
    """What a spec said where the work left `base`; None where it was not there."""
    from llmdeploy.infra.revision.git import text_at

    return text_at(Path(), base, os.path.relpath(spec)) if base is not None else None


def _changed(base: str | None) -> Sequence[Path]:
    from llmdeploy.cli.review.changed import changed_specs

    if base is None:
        raise LlmdeployError("this run says nothing to compare with", "name the specs, or give --base REF")
    return changed_specs(Path(), base)


def _touched(spec: Path, base: str | None, environment: str | None) -> Touched:
    named = environment or ""
    loaded = _loaded(spec, base, environment)
    deleted = not spec.exists()
    if loaded is None:
        return Touched(spec, spec.stem, named, deleted=deleted)
    stack = f"{loaded.spec.name}-{environment}" if environment else loaded.spec.name
    clouds = frozenset(region.provider for region in loaded.spec.regions) - {"local"}
    return Touched(spec, stack, named, clouds, deleted)


def _loaded(spec: Path, base: str | None, environment: str | None) -> LoadedSpec | None:
    from llmdeploy.serving.load import load_spec, parse_spec

    try:
        if spec.exists():
            return load_spec(spec, environment)
        before = text_at_base(spec, base)
        return parse_spec(before, str(spec), environment) if before is not None else None
    except SpecErrors:
        return None
