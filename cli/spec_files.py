"""Which YAML files are serving specs, told from their text alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

HEAD: Final = 65536
"""So much of a file is looked at. Bytes."""

_KEYS: Final = tuple(re.compile(rf"^[\"']?{key}[\"']?[ \t]*:", re.MULTILINE) for key in ("model", "regions"))
_MODELINE: Final = re.compile(r"^#.*\$schema=\S*\bserving-spec\.schema\.json\b", re.MULTILINE)


def looks_like_spec(head: str) -> bool:
    """Whether the first characters of a YAML file are a spec's: `model:` and `regions:` at the top, or the
    modeline that `llmdeploy init` writes.

    The text is not parsed: a spec that is broken in the middle of an edit is still one.
    """
    return all(key.search(head) for key in _KEYS) or bool(_MODELINE.search(head))


def is_spec_file(path: Path) -> bool:
    """Whether a file looks like a spec. What is no UTF-8 is looked at too.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return looks_like_spec(file.read(HEAD).decode("utf-8-sig", errors="replace"))
