"""`pulumi preview`, `up` and `destroy` with the project's own Pulumi.yaml, without the command llmdeploy: the
real engine, simulated clouds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.home import Home, home_from_environment
from llmdeploy.infra.runner.workspace import SAVE_ONCE
from llmdeploy.infra.simulate.attach import attach
from llmdeploy.serving.gateway.images import GATEWAYS

ROOT = Path(__file__).parents[2]
HOST = Path(__file__).with_name("language_host.py")
SERVER = "vllm/vllm-openai:v0.32.0"


@dataclass(frozen=True)
class Project:
    """A copy of the project's folder, with an environment of its own."""

    folder: Path
    environ: dict[str, str]
    engine: Path

    def pulumi(self, *arguments: str) -> str:
        """Run the engine in the project's folder; its standard output."""
        command = [str(self.engine), "--non-interactive", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def with_program(self, *arguments: str) -> dict[str, int]:
        """Run an operation of the program; how many resources changed in which way."""
        host = subprocess.Popen(
            [sys.executable, str(HOST)],
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert host.stdin is not None
        assert host.stdout is not None
        try:
            port = host.stdout.readline().strip()
            shown = self.pulumi(*arguments, f"--client=127.0.0.1:{port}", "--json")
        finally:
            host.stdin.close()
            host.wait(10)
        return _changes(shown)


def _changes(shown: str) -> dict[str, int]:
    """What a preview says in one document, and an update in one of its events."""
    if not shown.startswith('{"sequence"'):
        return dict(json.loads(shown)["changeSummary"])
    events = map(json.loads, shown.splitlines())
    return next(event["summaryEvent"]["resourceChanges"] for event in events if "summaryEvent" in event)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    cache = home_from_environment().cache
    engine = find_engine(cache)
    assert engine, "no engine: run `make engine`"
    home = Home(tmp_path / "home", cache)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    (folder / "stacks").symlink_to(ROOT / "stacks")
    (tmp_path / "passphrase").write_text("correct horse battery staple")
    # As `llmdeploy preflight` remembers them.
    digests = dict.fromkeys((SERVER, *GATEWAYS["aws"], *GATEWAYS["gcp"]), f"sha256:{'5' * 64}")
    home.root.mkdir()
    (home.root / "images.json").write_text(json.dumps(digests))
    environ = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LLMDEPLOY_HOME": str(home.root),
        "LLMDEPLOY_CACHE": str(cache),
        "PULUMI_HOME": str(tmp_path / "pulumi"),
        "PULUMI_BACKEND_URL": home.state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "passphrase"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    with attach(home, "plain") as attached:
        yield Project(folder, environ | attached | SAVE_ONCE, engine.path)


@pytest.mark.engine
@pytest.mark.slow
def test_plain_pulumi_previews_two_clouds_brings_them_up_and_removes_them(project: Project) -> None:
    project.pulumi("stack", "init", "plain")
    project.pulumi("config", "set", "llmdeploy:spec", str(ROOT / "stacks" / "global.yaml"))
    planned = project.with_program("preview")
    assert planned["create"] > 250
    done = project.with_program("up", "--yes", "--skip-preview")
    assert done == planned
    outputs = json.loads(project.pulumi("stack", "output", "--json"))
    assert outputs["endpoint"].startswith("https://")
    assert outputs["api_key"] == "[secret]"
    assert project.with_program("preview") == {"same": planned["create"]}
    project.pulumi("destroy", "--yes", "--skip-preview")
    assert json.loads(project.pulumi("stack", "export"))["deployment"].get("resources", []) == []
