"""The engine's own home, in our cache: plugins, and no logs."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path


def engine_home(cache: Path) -> Path:
    """The folder, ready for use.

    The engine writes no log of its own there, which were a third of its work, 0.2 MB a command, and in clear
    until it has read the stack's passphrase. It has no option for that, but goes on without where `logs` is
    no folder. Where that cannot be arranged, it logs, or says itself what it cannot write.
    """
    home = cache / "pulumi"
    logs = home / "logs"
    with suppress(OSError):
        if logs.is_dir():
            shutil.rmtree(logs)
        if not logs.exists():
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            logs.write_text("This file keeps the engine from writing its logs here; the events say all.\n")
    return home
