"""A drill that is interrupted, killed, or met by another one: the deployment is healed all the same."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.infra.drill.world import wait_until

from llmdeploy.infra.drill import DrillOptions, Fault, heal_leftovers, run_drill
from llmdeploy.infra.errors import StackLocked
from llmdeploy.infra.status import DeploymentFacts, deployment_status

pytestmark = [pytest.mark.engine, pytest.mark.slow]

Begin = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def begin(two_regions: DeploymentFacts, tmp_path: Path) -> Iterator[Begin]:
    """Start a drill on local/a in a process of its own, and return when its fault is on."""
    started: list[subprocess.Popen[str]] = []
    facts_file = tmp_path / "facts.pickle"
    facts_file.write_bytes(pickle.dumps(two_regions))
    script = Path(__file__).with_name("drill_process.py")

    def start(kind: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(script), str(facts_file), str(tmp_path), kind, "local/a"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if line == "fault\n":
                return process
        raise AssertionError(f"the drill ended with {process.wait()}")

    yield start
    for process in started:
        process.kill()
        process.communicate()
    heal_leftovers(two_regions.run_dir)
    healthy(two_regions)


def healthy(facts: DeploymentFacts) -> None:
    wait_until(lambda: deployment_status(facts).worst == "healthy", "healthy")


def state_of_a(facts: DeploymentFacts) -> str:
    return deployment_status(facts).region("local/a").health


@pytest.mark.parametrize("kind", ["kill", "hang", "slow"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(two_regions: DeploymentFacts, begin: Begin, kind: str, number: signal.Signals) -> None:
    drill = begin(kind)
    drill.send_signal(number)
    said, _ = drill.communicate(timeout=30)
    assert drill.returncode == 130
    assert said.splitlines()[-1] == (
        "Interrupted: the drill was interrupted; local/a is as it was before; start it again for figures"
    )
    assert deployment_status(two_regions).region("local/a").note == ""
    healthy(two_regions)
    assert heal_leftovers(two_regions.run_dir) == ()


@pytest.mark.parametrize(("kind", "done"), [("kill", "killed"), ("hang", "stopped"), ("slow", "slowed down")])
def test_killed(two_regions: DeploymentFacts, begin: Begin, kind: str, done: str) -> None:
    drill = begin(kind)
    assert heal_leftovers(two_regions.run_dir) == (), "a fault whose drill lives is its own to heal"
    drill.kill()
    drill.wait()
    left = f"an interrupted drill left local/a (a-0) {done}"
    status = deployment_status(two_regions)
    assert status.region("local/a").note == f"{left}; `llmdeploy up` mends it"
    assert f"{left}; `llmdeploy up` mends it" in status.problems
    assert heal_leftovers(two_regions.run_dir) == (f"{left}: it goes on again",)
    healthy(two_regions)


def test_the_next_drill_heals_what_a_killed_one_left(
    two_regions: DeploymentFacts, begin: Begin, tmp_path: Path
) -> None:
    drill = begin("hang")
    drill.kill()
    drill.wait()
    told: list[str] = []
    run_drill(
        two_regions,
        Fault("slow", "local/b"),
        DrillOptions(seconds=2, workers=2),
        locks=tmp_path,
        on_progress=lambda progress: told.append(progress.message),
    )
    assert told[0] == "an interrupted drill left local/a (a-0) stopped: it goes on again"
    healthy(two_regions)


def test_one_drill_at_a_time(two_regions: DeploymentFacts, begin: Begin, tmp_path: Path) -> None:
    drill = begin("slow")
    with pytest.raises(StackLocked) as refused:
        run_drill(two_regions, Fault("kill", "local/b"), locks=tmp_path)
    assert "drill_process.py" in refused.value.problem
    assert f"pid {drill.pid}" in refused.value.problem
    assert deployment_status(two_regions).region("local/b").health == "healthy"
