"""Where llmdeploy keeps things: state and secrets in its home, what can be fetched again in the cache."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one llmdeploy installation. Folders are made with mode 0700 when first used.

    Args:
        root: state, secrets and the run folders of local deployments (`LLMDEPLOY_HOME`, else `~/.llmdeploy`).
        cache: the engine and fetched weights (`LLMDEPLOY_CACHE`, else the user's cache folder).
    """

    root: Path
    cache: Path

    @property
    def state(self) -> Path:
        """The Pulumi `file://` backend."""
        return _private(self.root / "state")

    @property
    def passphrase_file(self) -> Path:
        """Holds the passphrase that encrypts secrets in the state; mode 0600."""
        return _private(self.root) / "passphrase"

    @property
    def locks(self) -> Path:
        """One lock file a stack."""
        return _private(self.root / "locks")

    def run(self, stack: str) -> Path:
        """The files of a local deployment: configuration, logs, sockets. The provider makes the folder."""
        return self.root / "run" / stack


def home_from_environment(environ: Mapping[str, str] = os.environ) -> Home:
    """The home that `LLMDEPLOY_HOME` and `LLMDEPLOY_CACHE` name, or the defaults."""
    root = environ.get("LLMDEPLOY_HOME")
    return Home(
        root=Path(root).expanduser().absolute() if root else Path.home() / ".llmdeploy",
        cache=cache_from_environment(environ),
    )


def cache_from_environment(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder that `LLMDEPLOY_CACHE` names, or the user's cache folder. Not made here."""
    cache = environ.get("LLMDEPLOY_CACHE")
    return Path(cache).expanduser().absolute() if cache else platformdirs.user_cache_path("llmdeploy")


def _private(folder: Path) -> Path:
    for missing in reversed([folder, *folder.parents]):
        # Not `parents=True`: it gives the folders between the default mode.
        missing.mkdir(mode=0o700, exist_ok=True)
    return folder
