"""Which specs a change touches."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from llmdeploy.cli.spec_files import looks_like_spec

_SUFFIXES: Final = (".yaml", ".yml")
_HEAD_BYTES: Final = 65_536


def changed_specs(folder: Path, base: str) -> list[Path]:
    """Specs below the folder that differ from where the work left `base`, deleted ones too; paths from the
    folder.

    Raises:
        RevisionUnusable: no repository, or no such revision in it.
    """
    from llmdeploy.infra.revision.git import changed_files, text_at

    found = []
    for changed in changed_files(folder, base):
        if not changed.path.endswith(_SUFFIXES):
            continue
        before = text_at(folder, base, changed.before) if changed.before is not None else None
        # One that was a spec and no longer looks like one is broken, not gone.
        if any(map(looks_like_spec, filter(None, (_text(folder / changed.path), before)))):
            found.append(Path(changed.path))
    return sorted(found)


def _text(file: Path) -> str | None:
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(_HEAD_BYTES)
    except OSError:
        return None
