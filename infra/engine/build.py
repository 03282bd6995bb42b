"""Build the engine with Go, from the module versions and checksums in go.mod and go.sum beside this file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from llmdeploy.infra.engine.found import ENGINE_VERSION, Progress, Unusable
from llmdeploy.infra.engine.watched import CommandFailed, run_watched

PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"

_WAY = "build with Go"
_OLDEST_GO = (1, 21)
"""Since then an older Go fetches the one that go.mod asks for by itself: https://go.dev/doc/toolchain."""

_TIMEOUT_S = 3600.0
"""A build takes 2–5 minutes on 2 cores; an hour is a machine that will not manage it. Seconds."""

# Without the version the Automation API refuses the engine; -s -w leave out what only a debugger reads.
_LINKER_FLAGS = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={ENGINE_VERSION}"


def build_engine(folder: Path, environ: Mapping[str, str], progress: Progress) -> Path | Unusable:
    """The built binary, in the given folder (which must be outside any Go module)."""
    go = shutil.which("go", path=environ.get("PATH", os.defpath))
    if go is None:
        return Unusable(_WAY, "no `go` on PATH")
    version = _go_version(go, environ)
    if version is None or version < _OLDEST_GO:
        return Unusable(_WAY, f"{go} is too old or broken: Go ≥ {_dotted(_OLDEST_GO)} is needed")
    for name in ("go.mod", "go.sum"):
        shutil.copyfile(Path(__file__).with_name(name), folder / name)
    binary = folder / "pulumi"
    command = [go, "build", "-v", "-trimpath", "-ldflags", _LINKER_FLAGS, "-o", str(binary), PACKAGE]
    try:
        run_watched(command, folder, _go_environment(environ), progress, _describe, _TIMEOUT_S)
    except CommandFailed as failed:
        return Unusable(_WAY, str(failed))
    return binary


def _go_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's proxy and caches, but none of the switches that would change what is built."""
    ours = {"GOFLAGS": "-mod=readonly", "GOWORK": "off", "GO111MODULE": "on", "CGO_ENABLED": "0"}
    return {**environ, **ours}


def _go_version(go: str, environ: Mapping[str, str]) -> tuple[int, int] | None:
    # Outside of any module, so that no toolchain is fetched only to answer.
    said = subprocess.run(
        [go, "version"],
        cwd="/",
        env={**environ, "GOTOOLCHAIN": "local"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    found = re.search(r"go(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else None


def _describe(lines: Sequence[str]) -> str:
    fetched = sum(line.startswith("go: downloading ") for line in lines)
    compiled = sum(not line.startswith("go: ") for line in lines)
    done = [
        f"{fetched} modules fetched" if fetched else "",
        f"{compiled} packages compiled" if compiled else "",
    ]
    return f"building Pulumi {ENGINE_VERSION} with Go: {', '.join(filter(None, done)) or 'starting'}"


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
