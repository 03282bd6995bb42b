"""The report that is saved when llmdeploy itself is wrong."""

from __future__ import annotations

import os
import platform
import re
import shlex
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from llmdeploy import __version__

# Keys that this project and the hubs hand out, bearer tokens, and NAME=value with a telling name.
_SECRETS = re.compile(
    r"""(?P<shown>
        \bsk-|\bhf_|\bpul-|\bAKIA|[Bb]earer\s+|
        \b[\w.-]*(?:key|token|secret|password|passphrase)[\w.-]*["']?\s*[=:]\s*["']?
    )[^\s"',;)]+""",
    re.VERBOSE | re.IGNORECASE,
)


def masked(text: str) -> str:
    """The text with everything that looks like a secret replaced by stars."""
    return _SECRETS.sub(r"\g<shown>****", text)


def save_report(error: BaseException, *, argv: Sequence[str], environ: Mapping[str, str]) -> Path:
    """Write what is needed to understand the bug, secrets masked, to a file of mode 0600; return its path.

    The file lies in `reports/` of the home, or in the temporary folder when the home cannot be written.
    """
    from llmdeploy.infra.home import home_from_environment

    text = masked(_report(error, argv))
    name = f"bug-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    home = home_from_environment(environ).root
    for folder in (home / "reports", Path(tempfile.gettempdir())):
        try:
            return _write_private(folder / name, text)
        except OSError:
            continue
    return Path(os.devnull)


def _write_private(path: Path, text: str) -> Path:
    # Folders above a new one get the process's own mode, so each is made by itself.
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    return path


def _report(error: BaseException, argv: Sequence[str]) -> str:
    return "\n".join(
        [
            f"llmdeploy {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: llmdeploy {shlex.join(argv)}",
            "",
            *traceback.format_exception(error),
        ]
    )
