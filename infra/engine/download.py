"""Fetch the engine with Pulumi's own installer, by way of the Automation API.

Run as a program (`python -m llmdeploy.infra.engine.download ROOT VERSION`) it installs and ends: the
installer has no time limit of its own, a process can be given one.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from llmdeploy.infra.engine.found import ENGINE_VERSION, Progress, Unusable
from llmdeploy.infra.engine.watched import CommandFailed, run_watched

_WAY = "official installer"
_HOST = "https://get.pulumi.com/install.sh"
"""What PulumiCommand.install fetches: pulumi/automation/_cmd.py at 3.259.0."""

_ANSWER_TIMEOUT_S = 5.0
"""A host that has not answered by then is taken as out of reach. Seconds."""

_TIMEOUT_S = 900.0
"""130 MB at 1.2 Mbit/s. Seconds."""


def download_engine(folder: Path, environ: Mapping[str, str], progress: Progress) -> Path | Unusable:
    """The fetched binary, in the given folder."""
    progress(f"asking {_HOST} for Pulumi {ENGINE_VERSION}")
    out_of_reach = _try_host(environ)
    if out_of_reach is not None:
        return Unusable(_WAY, out_of_reach)
    command = [sys.executable, "-m", __name__, str(folder), ENGINE_VERSION.removeprefix("v")]
    try:
        run_watched(command, folder, environ, progress, _describe, _TIMEOUT_S)
    except CommandFailed as failed:
        return Unusable(_WAY, str(failed))
    return folder / "bin" / "pulumi"


def _try_host(environ: Mapping[str, str]) -> str | None:
    """Why the host cannot be reached, through the environment's proxy if it has one; None when it answers."""
    names = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    proxy = next((environ[name] for name in names if environ.get(name)), None)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"https": proxy} if proxy else {}))
    try:
        with opener.open(_HOST, timeout=_ANSWER_TIMEOUT_S):
            return None
    except (urllib.error.URLError, OSError) as error:
        return f"{_HOST} cannot be reached: {getattr(error, 'reason', error)}"


def _describe(lines: Sequence[str]) -> str:
    return f"downloading Pulumi {ENGINE_VERSION} (about 130 MB)"


def _install(root: str, version: str) -> None:
    from pulumi.automation import PulumiCommand
    from semver import VersionInfo

    PulumiCommand.install(root=root, version=VersionInfo.parse(version))


if __name__ == "__main__":
    _install(*sys.argv[1:])
