"""Kill -9 of everything that runs an `up`, while each kind of resource is being created."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tests.infra.provider.deployment import Deployment
from tests.infra.provider.faults import kill, wait_until
from tests.infra.provider.plans import plan

from llmdeploy.infra.provider import observe

pytestmark = [pytest.mark.engine, pytest.mark.slow]

DELAYS = {"Supervisor": 0.1, "ApiKey": 0.0, "Replica": 0.3, "Gateway": 0.1}
"""Seconds from a create's beginning to the kill: in the midst of it."""


def up_and_kill(root: Path, kind: str) -> None:
    """Begin an `up` and SIGKILL it, its engine and its plugin."""
    command = [sys.executable, "-m", "tests.infra.provider.interrupted", str(root), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        time.sleep(DELAYS[kind])
        family = psutil.Process(process.pid).children(recursive=True)
        kill(process.pid, *(p.pid for p in family if p.name() == "pulumi"), *plugins(family))


def plugins(family: list[psutil.Process]) -> list[int]:
    """The plugin among the processes of a run."""
    found = [p.pid for p in family if any("pulumi-resource-llmdeploy" in part for part in p.cmdline())]
    assert found
    return found


@pytest.mark.parametrize("kind", DELAYS)
def test_the_next_up_goes_on_from_there(deployment: Deployment, kind: str) -> None:
    up_and_kill(deployment.root, kind)
    wanted = plan("a", arguments=("--load-s", "0.5"))
    deployment.cancel()
    deployment.up(wanted, refresh=True)
    assert deployment.chat().json()["replica"] == "a-0"
    # Nothing doubled: two supervisors, one replica, one Envoy.
    assert len(deployment.processes()) == 4
    deployment.destroy()
    assert not deployment.processes()
    assert not deployment.run_dir.exists()


def test_sweep_ends_what_the_engine_never_knew_of(deployment: Deployment) -> None:
    up_and_kill(deployment.root, "Replica")
    assert deployment.processes()
    assert observe.sweep(deployment.run_dir) >= 3
    assert not deployment.processes()
    assert not deployment.run_dir.exists()
    assert observe.sweep(deployment.run_dir) == 0


def test_a_plugin_whose_engine_dies_ends_itself(deployment: Deployment) -> None:
    command = [sys.executable, "-m", "tests.infra.provider.interrupted", str(deployment.root), "Replica"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        family = psutil.Process(process.pid).children(recursive=True)
        [plugin] = plugins(family)
        kill(process.pid, *(p.pid for p in family if p.name() == "pulumi"))
        wait_until(lambda: not psutil.pid_exists(plugin), 5)
