"""What the history remembers of an `up`: which spec it was, and of which revision."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from llmdeploy.infra.revision.git import RevisionUnusable, base_commit, text_at
from llmdeploy.serving.load import LoadedSpec

SHORT: Final = 12
"""Characters of a digest or a commit that tell it from others."""


def up_message(source: LoadedSpec, *, reviewed: bool) -> str:
    """One line: spec digest, model and revision, commit. Nothing that is secret: it is an argument of the
    engine, and every backend shows it.

    Args:
        reviewed: whether the run is held to a plan that was reviewed.
    """
    model = source.spec.model
    revision = f"@{model.revision[:SHORT]}" if model.revision else ""
    parts = [f"spec {source.digest[:SHORT]}", f"{model.id}{revision}", _commit(Path(source.file))]
    parts += ["reviewed plan"] if reviewed else []
    return ", ".join(filter(None, parts))


def _commit(spec: Path) -> str:
    """Of the repository around the spec; empty outside one."""
    folder = spec.absolute().parent
    try:
        commit = base_commit(folder, "HEAD")[:SHORT]
        committed = text_at(folder, "HEAD", spec.name)
    except RevisionUnusable:
        return ""
    if committed is None:
        return f"commit {commit} without this spec"
    return f"commit {commit}" + ("" if committed == spec.read_text("utf-8") else " and changes since")
