"""The API key is where it must be, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from tests.infra.provider.deployment import Deployment
from tests.infra.provider.plans import plan

pytestmark = pytest.mark.engine


def test_the_key_is_in_one_private_file_only(deployment: Deployment) -> None:
    runs = [deployment.up(plan("a"))]
    key = deployment.outputs["api_key"]
    deployment.chat()
    (deployment.run_dir / "gateway/envoy/keys.yaml").unlink()
    changed = plan("a", arguments=("--say", "changed"))
    runs += [deployment.preview(changed, refresh=True), deployment.up(changed, refresh=True)]
    assert len(key) > 40
    assert [path for path in _files(deployment.root) if key in path.read_text(errors="replace")] == [
        deployment.run_dir / "gateway/envoy/keys.yaml"
    ]
    assert not [run for run in runs if key in run.text]
    assert key not in deployment.state_text
    for process in psutil.process_iter():
        try:
            assert key not in str(process.cmdline())
        except psutil.Error:
            continue


def test_everything_of_a_deployment_is_private(running: Deployment) -> None:
    open_files = [path for path in running.run_dir.rglob("*") if path.lstat().st_mode & 0o077]
    assert open_files == []
    assert running.run_dir.stat().st_mode & 0o777 == 0o700


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]
