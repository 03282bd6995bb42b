"""Engines that are already on the machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from llmdeploy.infra.engine.found import ENGINE_VERSION, Engine, Unusable

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)\S*")

_VERSION_TIMEOUT_S = 20.0
"""`pulumi version` takes 0.1 s; more than this is a broken binary or a machine that swaps. Seconds."""


def engine_on_path(environ: Mapping[str, str]) -> Engine | Unusable:
    """A `pulumi` on PATH of the pinned minor version, at its patch or a later one.

    Another minor would do for the protocol, but the messages by which infra/runner knows a lock, a damaged
    state or a full disk are tried against this minor only.
    """
    found = shutil.which("pulumi", path=environ.get("PATH", os.defpath))
    if found is None:
        return Unusable("PATH", "no `pulumi` there")
    version = engine_version(Path(found), environ)
    if version is None:
        return Unusable("PATH", f"{found} does not say its version")
    if not is_compatible(version):
        return Unusable("PATH", f"{found} is version {version}, not {_pinned()[0]}.{_pinned()[1]}.x")
    return Engine(Path(found), version, "path")


def engine_in_cache(cache: Path) -> Engine | Unusable:
    """The engine that we put into the cache; it was tried out before that."""
    binary = cached_binary(cache)
    if os.access(binary, os.X_OK):
        return Engine(binary, ENGINE_VERSION.removeprefix("v"), "cache")
    return Unusable("cache", f"no {binary}")


def cached_binary(cache: Path) -> Path:
    """Where our engine is, or will be."""
    return cache / "engine" / ENGINE_VERSION / "bin" / "pulumi"


def engine_version(binary: Path, environ: Mapping[str, str]) -> str | None:
    """What the binary says its version is, without the v; None when it says nothing sensible."""
    try:
        said = subprocess.run(
            [binary, "version"],
            env={**environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            text=True,
            timeout=_VERSION_TIMEOUT_S,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    return said.removeprefix("v") if _VERSION.fullmatch(said) else None


def is_compatible(version: str) -> bool:
    """See engine_on_path."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return False
    major, minor, patch = map(int, found.groups())
    return (major, minor) == _pinned()[:2] and patch >= _pinned()[2]


def _pinned() -> tuple[int, int, int]:
    major, minor, patch = map(int, ENGINE_VERSION.removeprefix("v").split("."))
    return major, minor, patch
