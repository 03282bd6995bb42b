"""What status shows of a deployment in clouds, and of one that is watched."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from itertools import islice

import pytest
from tests.cli.conftest import Terminal
from tests.infra.status.overview.world import NOW

from llmdeploy.cli.render.watch import looks
from llmdeploy.infra.runner.workspace import SAVE_ONCE
from llmdeploy.infra.status.overview import Overview, View

CLOUD = """\
name: chat
model: {id: meta-llama/Llama-3.1-8B-Instruct, revision: 0e9e39f249a16976918f6564b8830bc894c89659}
framework: vllm
quantization: fp8
hardware: {gpu: l4, purchase: spot-with-fallback}
scaling: {min: 2, max: 3}
regions: [aws/us-east-1]
"""


@pytest.mark.engine
@pytest.mark.slow
def test_in_simulated_clouds(terminal: Terminal) -> None:
    terminal = replace(terminal, environ={**terminal.environ, **SAVE_ONCE})
    terminal.write("chat.yaml", CLOUD)
    assert terminal.run("llmdeploy up chat.yaml --simulate --yes").code == 0

    shown = terminal.run("llmdeploy status chat.yaml")
    assert shown.code == 0, shown.stdout + shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[0] == "chat is healthy, 1 of 1 regions healthy (simulated clouds)"
    assert max(map(len, lines)) <= 80
    assert "spec      ✓  up to date" in lines
    assert "cloud     ✓  2 of 2 instances in service (simulated)" in lines
    assert "endpoint  –  not asked: nothing answers in simulated clouds" in shown.stdout
    assert "cost      $  if it were real: ~" in shown.stdout
    assert sum(line.startswith("i-") and " spot " in line and " in service " in line for line in lines) == 2

    told = json.loads(terminal.run("llmdeploy status chat.yaml --json").stdout)
    assert (told["ok"], told["worst"], told["place"]) == (True, "healthy", "simulated clouds")
    (region,) = told["regions"]
    assert [each["state"] for each in region["replicas"]] == ["in service", "in service"]
    assert told["cost"]["hourly_usd"] > told["cost"]["instances_hourly_usd"] > 0

    terminal.write("chat.yaml", CLOUD.replace("max: 3", "max: 4"))
    changed = terminal.run("llmdeploy status chat.yaml")
    assert changed.code == 5
    assert "changed since `up`: aws/us-east-1 replicas 2 to 3 → 2 to 4" in " ".join(changed.stdout.split())
    terminal.write("chat.yaml", CLOUD)

    assert terminal.run("llmdeploy simulate fault chat.yaml capacity --region us-east-1").code == 0
    grow = "llmdeploy simulate drift chat.yaml Group:aws-us-east-1-fleet desiredCapacity=3"
    assert terminal.run(grow).code == 0
    short = terminal.run("llmdeploy status chat.yaml --json")
    told = json.loads(short.stdout)
    assert (short.code, told["worst"], told["views"]["cloud"]["verdict"]) == (5, "degraded", "degraded")
    (problem,) = told["problems"]
    assert problem.startswith("aws/us-east-1 ")
    assert "InsufficientInstanceCapacity" in problem


def seen(name: str) -> Overview:
    view = View("healthy", name)
    views = {"spec": view, "state": view, "cloud": view, "endpoint": view}
    return Overview("chat", "this machine", "chat", "", NOW, views)


class FakeOverlook:
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.whole = 0

    def look(self, previous: Overview | None = None) -> Overview:
        self.whole += 1
        return seen(f"look {self.whole}")

    def glance(self, before: Overview) -> Overview:
        return replace(before, looked_at=before.looked_at + 1)


def test_a_watch_asks_clouds_every_ten_seconds_and_looks_every_second() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        while now[0] > 10 and overlook.whole < 2:
            time.sleep(0.001)  # a thread of its own asks

    overlook = FakeOverlook()
    found = list(islice(looks(overlook, sleep, lambda: now[0]), 25))  # type: ignore[arg-type]
    # Those that are asked beside it come with a later look.
    assert overlook.whole in (2, 3)
    assert found[0].views["spec"].said == "look 1"
    assert [each.looked_at - NOW for each in found[:10]] == list(range(10))
    assert found[-1].views["spec"].said in ("look 2", "look 3")
