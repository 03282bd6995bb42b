"""kill -9 of `llmdeploy up` at every resource: the next `up` converges, and `destroy` leaves nothing."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time

import psutil
import pytest

from llmdeploy.infra.weights.random_gguf import random_gguf

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SPEC = """\
name: killed
model: {id: ./tiny.gguf, served_name: tiny}
framework: vllm
regions: [local/a, local/b]
"""
RESOURCES = (
    "llmdeploy:local:ApiKey api-key",
    "llmdeploy:local:Supervisor local-a",
    "llmdeploy:local:Supervisor gateway",
    "llmdeploy:local:Replica local-a-0",
    "llmdeploy:local:Replica local-b-0",
    "llmdeploy:local:Gateway gateway",
)


@pytest.fixture
def spec(terminal, tmp_path):
    """A deployment of two regions with a generated model, which starts in a second."""
    shutil.copy(random_gguf(tmp_path / "weights"), terminal.folder / "tiny.gguf")
    return terminal.write("killed.yaml", SPEC)


def processes_of(terminal) -> dict[int, str]:
    """Every living process that knows the home of this test, by its pid."""
    home = terminal.environ["LLMDEPLOY_HOME"]
    found = {}
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), *process.environ().values()]
            if any(home in word for word in words) and process.status() != psutil.STATUS_ZOMBIE:
                found[process.pid] = " ".join(process.cmdline())
        except psutil.Error:
            continue
    return found


def kill_up_at(terminal, command, resource: str) -> None:
    """Start `up` and kill it, and only it, when it begins with `resource`."""
    up = subprocess.Popen(
        [command, "up", "killed.yaml", "--yes", "--json"],
        cwd=terminal.folder,
        env=dict(terminal.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert up.stdout is not None
    with up.stdout:
        for line in up.stdout:
            told = json.loads(line)
            step = told.get("step", {})
            if told.get("event") == "step_started" and f"{step['type']} {step['name']}" == resource:
                up.send_signal(signal.SIGKILL)
                break
    assert up.wait(30) == -signal.SIGKILL


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_next_up_converges_and_destroy_leaves_nothing(terminal, spec, command, resource: str) -> None:
    kill_up_at(terminal, command, resource)
    again = terminal.run("llmdeploy up killed.yaml --yes")
    assert again.code == 0, again.stdout + again.stderr
    assert "2 of 2 regions healthy" in again.stdout
    replicas = [
        line for line in processes_of(terminal).values() if "-m llmdeploy.infra.replica --host" in line
    ]
    assert len(replicas) == 2, replicas

    ended = terminal.run("llmdeploy destroy killed.yaml --yes")
    assert ended.code == 0, ended.stdout + ended.stderr
    deadline = time.monotonic() + 10
    while (left := processes_of(terminal)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == {}
    assert not (terminal.folder.parent / "home" / "run" / "killed").exists()
