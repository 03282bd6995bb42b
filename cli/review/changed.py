"""Which specs a change touches."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.spec_files import is_spec_file, looks_like_spec

if TYPE_CHECKING:
    from llmdeploy.infra.revision.git import ChangedFile

_SUFFIXES: Final = (".yaml", ".yml")


def changed_specs(folder: Path, base: str) -> list[Path]:
    """Specs below the folder that differ from where the work left `base`, deleted ones too; paths from the
    folder.

    Raises:
        RevisionUnusable: no repository, or no such revision in it.
    """
    from llmdeploy.infra.revision.git import changed_files

    found = [each for each in changed_files(folder, base) if each.path.endswith(_SUFFIXES)]
    # One that was a spec and no longer looks like one is broken, not gone.
    return sorted(
        Path(each.path) for each in found if _is_spec(folder, each) or _was_spec(folder, base, each)
    )


def _is_spec(folder: Path, changed: ChangedFile) -> bool:
    with suppress(OSError):
        return is_spec_file(folder / changed.path)
    return False


def _was_spec(folder: Path, base: str, changed: ChangedFile) -> bool:
    from llmdeploy.infra.revision.git import text_at

    before = text_at(folder, base, changed.before) if changed.before is not None else None
    return before is not None and looks_like_spec(before)
