"""Plans in a zip that a pipeline made."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from llmdeploy.serving.errors import LlmdeployError

_PLAN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.plan\.json")
_MOST_FILES: Final = 1000
_MOST_BYTES: Final = 256 * 1024**2


class ArchiveUnusable(LlmdeployError):
    """The zip is not what the preview of a pull request leaves behind."""


def unpack_plans(archive: Path, into: Path) -> tuple[Path, ...]:
    """Write the archive's `STACK.plan.json` files into a folder, whatever folder of the archive they are in.

    Raises:
        ArchiveUnusable: no zip, a name that leads out of the folder, two of one name, or too much of it.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = _plans(packed)
            into.mkdir(parents=True, exist_ok=True)
            return tuple(_unpack(packed, member, into / name) for name, member in members.items())
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise ArchiveUnusable(f"the plans are in no zip that can be read: {error}") from error


def _plans(packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    members = [member for member in packed.infolist() if member.filename.endswith(".plan.json")]
    if len(members) > _MOST_FILES or sum(member.file_size for member in members) > _MOST_BYTES:
        raise ArchiveUnusable(f"the archive has more than {_MOST_FILES} plans, or 256 MiB of them")
    plans: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        path = PurePosixPath(member.filename)
        if path.is_absolute() or ".." in path.parts or not _PLAN.fullmatch(path.name):
            raise ArchiveUnusable(f"the archive has a plan named {member.filename!r}")
        if path.name in plans:
            raise ArchiveUnusable(f"the archive has two plans named {path.name}")
        plans[path.name] = member
    return plans


def _unpack(packed: zipfile.ZipFile, member: zipfile.ZipInfo, file: Path) -> Path:
    # A member's true length is what its header says, or reading it fails.
    file.write_bytes(packed.read(member))
    return file
