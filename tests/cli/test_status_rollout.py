"""What status shows while two versions stand in a region, and where one of them hangs."""

from __future__ import annotations

import json
import os
import signal
import sys
from functools import partial
from pathlib import Path

import pytest
from tests.cli.conftest import Terminal

from llmdeploy.cli.opening import open_deployment, open_plan
from llmdeploy.serving.rollout.compose import composed
from llmdeploy.serving.rollout.packed import PackedPlan
from llmdeploy.serving.rollout.progress import Progress
from llmdeploy.serving.rollout.record import Record
from llmdeploy.serving.rollout.standing import Standing
from llmdeploy.stacks.program import Settings, deploy

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SERVER = Path(__file__).with_name("small_server.py")
SPEC = """\
name: chat
model: {{id: ./weights, served_name: small}}
framework: {{name: custom, command: {command}}}
regions: [local/a, local/b]
"""


def spec(*options: str) -> str:
    return SPEC.format(command=json.dumps([sys.executable, str(SERVER), "--port", "{port}", *options]))


def bring_to_a_quarter(terminal: Terminal, target: Path) -> None:
    """The update with which a rollout gives a canary in local/a 25 % of the requests."""
    deployment = open_deployment(terminal.folder / "chat.yaml", None)
    outputs = deployment.runner.outputs(deployment.stack)
    record = Record.of(outputs)
    assert record.stable is not None
    wanted = open_plan(target, None, deployment.home)
    progress = Progress(
        number=2,
        strategy="canary",
        groups=(("local/a",), ("local/b",)),
        steps=(25, 100),
        target=PackedPlan.of(wanted),
        phase="shift",
    )
    plan = composed(record.stable, wanted, progress, Standing.of(outputs))
    settings = Settings(deployment.stack, str(deployment.run_dir), record=record.rolling(progress))
    deployment.runner.up(deployment.stack, partial(deploy, plan, settings), refresh=True)


def test_two_versions_in_a_region(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    (terminal.folder / "weights").mkdir()
    terminal.write("chat.yaml", spec())
    target = terminal.write("target.yaml", spec("--start-s", "0.1"))
    assert terminal.run("llmdeploy up chat.yaml --yes").code == 0
    for name in ("LLMDEPLOY_HOME", "LLMDEPLOY_CACHE"):
        monkeypatch.setenv(name, terminal.environ[name])
    bring_to_a_quarter(terminal, target)

    told = json.loads(terminal.run("llmdeploy status chat.yaml --json").stdout)
    assert (told["ok"], told["worst"]) == (True, "healthy")
    assert (told["rollout"]["regions"], told["rollout"]["percent"]) == (["local/a"], 25)
    a, b = told["regions"]
    old, new = (
        json.loads(terminal.run(f"llmdeploy plan {name} --json").stdout)
        for name in ("chat.yaml", "target.yaml")
    )
    assert [(each["name"], each["revision"], each["role"]) for each in (*a["replicas"], *b["replicas"])] == [
        ("a-0", old["spec_digest"][:12], "own"),
        ("a-green-0", new["spec_digest"][:12], "canary"),
        ("b-0", old["spec_digest"][:12], "own"),
    ]
    # The new spec is the one that is being rolled out, and no change of it.
    rolled = terminal.run("llmdeploy status target.yaml")
    assert rolled.code == 0
    assert "spec      ✓  being rolled out" in rolled.stdout
    assert "canary rollout to revision 2 under way: local/a: 25 % of the requests" in " ".join(
        rolled.stdout.split()
    )
    assert max(map(len, rolled.stdout.splitlines())) <= 80

    canary = a["replicas"][1]["pid"]
    os.kill(canary, signal.SIGSTOP)
    try:
        hanging = terminal.run("llmdeploy status chat.yaml")
    finally:
        os.kill(canary, signal.SIGCONT)
    assert hanging.code == 5
    assert "chat is degraded, 1 of 2 regions healthy" in hanging.stdout
    assert "! a-green-0: suspended" in hanging.stdout
    assert terminal.run("llmdeploy destroy chat.yaml --yes").code == 0
