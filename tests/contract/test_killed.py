"""kill -9 of `llmdeploy up` in simulated clouds: the next one goes on and doubles nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.contract.world import World

from llmdeploy.infra.simulate.faults import Fault

pytestmark = [pytest.mark.engine, pytest.mark.slow]

COMMAND = Path(sys.executable).with_name("llmdeploy")
SPEC = """\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
regions: [aws/us-east-1, gcp/europe-west4]
"""
MOMENT = "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager"
"""When it is killed: most of both clouds is there."""


def test_the_next_up_goes_on(world: World) -> None:
    world.folder.joinpath("chat.yaml").write_text(SPEC)
    _kill_at(world, MOMENT)
    assert world.clouds.resources()

    fault = world.clouds.add_fault(Fault("fail", type="Dashboard", name="gcp-observability-dashboard"))
    code, told = _run(world, "up", "chat.yaml", "--simulate", "--yes")
    assert code == 3, told
    assert "gcp-observability-dashboard" in told
    world.clouds.clear_faults(fault)
    code, told = _run(world, "up", "chat.yaml", "--simulate", "--yes")
    assert code == 0, told
    # Certificates of our own are drawn once; Google has two of some things with one name.
    doubled = Counter(record.urn for record in world.clouds.resources())
    assert [urn for urn, count in doubled.items() if count > 1] == []
    code, told = _run(world, "preview", "chat.yaml", "--simulate", "--json")
    assert code == 0, told
    assert json.loads(told.splitlines()[-1])["steps"] == []


def _kill_at(world: World, moment: str) -> None:
    """Kill `up`, and only it, when it begins with a resource of that type."""
    command = [COMMAND, "up", "chat.yaml", "--simulate", "--yes", "--json"]
    up = subprocess.Popen(
        command,
        cwd=world.folder,
        env=_environ(world),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert up.stdout is not None
    with up.stdout:
        for line in up.stdout:
            told = json.loads(line)
            if told.get("event") == "step_started" and told["step"]["type"] == moment:
                up.send_signal(signal.SIGKILL)
                break
    assert up.wait(30) == -signal.SIGKILL


def _run(world: World, *words: str) -> tuple[int, str]:
    ended = subprocess.run(
        [COMMAND, *words], cwd=world.folder, env=_environ(world), capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr if ended.returncode else ended.stdout


def _environ(world: World) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    cache = os.environ.get("LLMDEPLOY_CACHE", str(Path.home() / ".cache" / "llmdeploy"))
    return kept | {
        "HOME": str(world.folder),
        "LLMDEPLOY_HOME": str(world.home.root),
        "LLMDEPLOY_CACHE": cache,
    }
