"""The passphrase that encrypts secrets in the state: made once, readable by its owner only."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from llmdeploy.infra.errors import PassphraseUnusable
from llmdeploy.infra.home import Home

_BYTES = 32


def passphrase_environment(home: Home, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What tells the engine the passphrase: never the passphrase itself, unless the user set it so.

    PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE in the environment are left to rule.

    Raises:
        PassphraseUnusable: others can read the file, or it is empty or unreadable.
    """
    if "PULUMI_CONFIG_PASSPHRASE" in environ or environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        return {}
    file = home.passphrase_file
    if not file.exists():
        _create(file)
    _check(file)
    return {"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}


def _create(file: Path) -> None:
    """Written in full beside, then linked: of two processes one wins, and nobody ever sees half a file."""
    beside = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secrets.token_urlsafe(_BYTES))
            opened.flush()
            os.fsync(opened.fileno())
        try:
            file.hardlink_to(beside)
        except FileExistsError:
            return
    finally:
        beside.unlink(missing_ok=True)


def _check(file: Path) -> None:
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        empty = not file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PassphraseUnusable(f"{file} cannot be read: {error}", "restore it from your backup") from error
    if mode & 0o077:
        raise PassphraseUnusable(
            f"{file} can be read by others (mode {mode:04o})",
            f"run `chmod 600 {file}`; rotate what it protected",
        )
    if empty:
        raise PassphraseUnusable(
            f"{file} is empty", "restore it from your backup; without it the secrets in the state are lost"
        )
