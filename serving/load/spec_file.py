"""Reads a spec file's text, whatever the path turns out to be."""

from __future__ import annotations

import os
import stat

from llmdeploy.serving.errors import Problem, SpecErrors

MAX_BYTES = 1 << 20
"""1 MiB: hundreds of times the longest spec that makes sense."""
_NAME_ONE = "name a YAML file that holds a spec"


def read_spec_file(file: str) -> str:
    """The text of a file of at most 1 MiB in UTF-8.

    Raises:
        SpecErrors: there is no such file, it cannot be read, is none, too large, or not UTF-8.
    """
    try:
        # A pipe that nobody writes to would block the open for ever.
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            content = stream.read(MAX_BYTES + 1) if regular else b""
    except ValueError:
        raise file_error(file.replace("\0", "?"), "cannot be the name of a file", _NAME_ONE) from None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise file_error(file, f"cannot be read: {reason}", "check the path and its permissions") from None
    if not regular:
        raise file_error(file, "is not a file", _NAME_ONE)
    return _decoded(content, file)


def require_size(size: int, file: str) -> None:
    """Refuses what is too large to be a spec.

    Raises:
        SpecErrors: more than 1 MiB.
    """
    if size > MAX_BYTES:
        raise file_error(file, "is larger than 1 MiB", "keep one spec in one file, and nothing else")


def file_error(file: str, problem: str, mend: str) -> SpecErrors:
    """The error for a file as a whole."""
    return SpecErrors([Problem(file, 0, 0, "", problem, mend)])


def _decoded(content: bytes, file: str) -> str:
    require_size(len(content), file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        raise SpecErrors(
            [Problem(file, line, column, "", "is not UTF-8 text", "save it as UTF-8, or name another file")]
        ) from None
