"""Actions of others, each by the effect that it stands for."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.ci.steps.machine import Machine


def _checkout(machine: Machine, inputs: Mapping[str, str]) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=machine.workspace, check=True, capture_output=True)

    ref = inputs.get("ref") or machine.environ["GITHUB_SHA"]
    depth = [] if inputs.get("fetch-depth") == "0" else ["--depth", "1"]
    git("init", "--quiet")
    git("fetch", "--quiet", *depth, machine.origin.as_uri(), "+refs/heads/*:refs/remotes/origin/*", ref)
    git("checkout", "--quiet", "--detach", ref)


def _setup_uv(machine: Machine, inputs: Mapping[str, str]) -> None:
    lock = Path(inputs["cache-dependency-glob"])
    assert lock.is_file(), "the cache is named after the lock file"
    machine.install_uv()


def _cache(_machine: Machine, inputs: Mapping[str, str]) -> None:
    assert inputs["key"].startswith("llmdeploy-Linux-X64-")
    assert all(path.startswith(("/", "~")) for path in inputs["path"].split())


def _upload(machine: Machine, inputs: Mapping[str, str]) -> None:
    files = {}
    for pattern in inputs["path"].split():
        found = machine.workspace.glob(f"{pattern}*" if pattern.endswith("/") else pattern)
        files.update({file.name: file.read_bytes() for file in found if file.is_file()})
    if files:
        machine.artifacts[inputs["name"]] = files
    else:
        assert inputs["if-no-files-found"] == "ignore"


def _download(machine: Machine, inputs: Mapping[str, str]) -> None:
    assert inputs["run-id"]
    assert inputs["github-token"]
    folder = machine.workspace / inputs["path"]
    folder.mkdir(parents=True)
    for name, content in machine.artifacts[inputs["name"]].items():
        (folder / name).write_bytes(content)


def _alerts(machine: Machine, inputs: Mapping[str, str]) -> None:
    text = (machine.workspace / inputs["sarif_file"]).read_text()
    assert json.loads(text)["version"] == "2.1.0"
    machine.alerts.append(text)


def _nothing(_machine: Machine, _inputs: Mapping[str, str]) -> None:
    pass


EFFECTS: dict[str, Callable[[Machine, Mapping[str, str]], None]] = {
    "actions/checkout": _checkout,
    "actions/setup-python": _nothing,
    "astral-sh/setup-uv": _setup_uv,
    "actions/cache": _cache,
    "actions/upload-artifact": _upload,
    "actions/download-artifact": _download,
    "github/codeql-action/upload-sarif": _alerts,
}
"""Signing in to clouds is not among them: no test may come to it."""
