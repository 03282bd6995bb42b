"""Private files: written whole or not at all, readable by their owner only, compared by digest."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from llmdeploy.infra.provider.errors import FolderTaken

MISSING = "missing"
SOCKET_PATH_LIMIT = 107 - len(".4194304")
"""Bytes of a unix socket's path: sun_path holds 107 and a closing zero (unix(7)), and supervisord first binds
the path with its pid behind it."""


def private_folder(folder: Path) -> Path:
    """Make a folder with mode 0700 where there is none. Folders above it are made private too."""
    for missing in reversed([folder, *folder.parents]):
        if not missing.exists():
            missing.mkdir(mode=0o700, exist_ok=True)
    return folder


def write_private(path: Path, text: str) -> bool:
    """Bring a file to this text by renaming a finished one into place, mode 0600; False when it held it
    already.
    """
    if read_text(path) == text:
        return False
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True


def read_text(path: Path) -> str | None:
    """The text of a file, or None when there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return None


def digest(text: str | None) -> str:
    """A short name for a text, to compare what is on disk with what should be: 48 bits of sha256, or
    `missing`.
    """
    return MISSING if text is None else hashlib.sha256(text.encode()).hexdigest()[:12]


def last_lines(path: Path, count: int = 20) -> str:
    """The last lines of a log, for an error message."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 16_384))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])
    return ""


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder against other llmdeploy processes. The lock is on the folder itself: no file to clean
    up.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def socket_path(folder: Path, name: str) -> Path:
    """Where a unix socket of this folder lies: in it, or in a private temporary folder when the path is too
    long.
    """
    path = folder / name
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    return _socket_folder(folder) / name


def prepare_socket_folder(path: Path) -> None:
    """Make the folder of a socket.

    Raises:
        FolderTaken: somebody else owns the temporary folder of that name.
    """
    folder = private_folder(path.parent)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise FolderTaken(
            f"{folder} belongs to somebody else", "remove it, or set TMPDIR to a folder of your own"
        )
    folder.chmod(0o700)


def remove_socket_folder(folder: Path) -> None:
    """Remove the temporary folder that held the sockets of a run folder, when there was one."""
    place = _socket_folder(folder)
    if place.is_dir() and not place.is_symlink():
        for socket in place.iterdir():
            socket.unlink(missing_ok=True)
        place.rmdir()


def _socket_folder(folder: Path) -> Path:
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"llmdeploy-{name}"
