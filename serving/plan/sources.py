"""Where weights and adapters lie, for a process that does not run in the spec's folder."""

from __future__ import annotations

from pathlib import Path

from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.spec.model import source_kind


def resolved_source(draft: Draft, source: str) -> str:
    """A folder as an absolute path, taken from the spec's own folder; anything else as it is."""
    if source_kind(source) != "folder":
        return source
    return str((Path(draft.source.file).parent / Path(source).expanduser()).resolve())
