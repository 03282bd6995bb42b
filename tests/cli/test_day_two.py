"""History, drift, protection, destroy by name and orphans, on real deployments: one here, one simulated."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pexpect
import pytest
from tests.cli.conftest import COMMAND, Terminal
from tests.infra.simulate.laboratory import Laboratory

from llmdeploy.infra.runner.workspace import SAVE_ONCE

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SERVER = Path(__file__).with_name("small_server.py")
LOCAL = """\
name: chat
model: {{id: ./weights, served_name: small}}
framework:
  name: custom
  command: {command}
regions: [local/a]
"""
CLOUD = """\
name: chat
model: {id: meta-llama/Llama-3.1-8B-Instruct, revision: 0e9e39f249a16976918f6564b8830bc894c89659}
framework: vllm
quantization: fp8
scaling: {min: 1, max: 3}
regions: [aws/us-east-1]
"""
LOST = {"cidrBlock": "10.9.0.0/16", "tags": {"llmdeploy:stack": "chat"}, "region": "us-east-1"}


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def typed(terminal: Terminal, command: str, answer: str) -> tuple[int, str]:
    """Exit code and output of a command that asks for a name."""
    words = command.split()
    child = pexpect.spawn(
        str(COMMAND),
        words[1:],
        cwd=str(terminal.folder),
        env={**terminal.environ, "NO_COLOR": "1"},
        encoding="utf-8",
        timeout=120,
        dimensions=(60, 120),
    )
    child.expect("Type chat to remove all of this: ")
    shown = child.before
    child.sendline(answer)
    child.expect(pexpect.EOF)
    shown += child.before
    child.close()
    return child.exitstatus, shown


def history_of(terminal: Terminal, *options: str) -> list[dict]:
    return json.loads(terminal.run(" ".join(["llmdeploy history chat.yaml --json", *options])).stdout)[
        "history"
    ]


def test_here(terminal: Terminal) -> None:
    (terminal.folder / "weights").mkdir()
    terminal.write(
        "chat.yaml", LOCAL.format(command=json.dumps([sys.executable, str(SERVER), "--port", "{port}"]))
    )
    git(terminal.folder, "init", "--quiet")
    git(terminal.folder, "add", "--all")
    git(terminal.folder, "commit", "--quiet", "--message", "c")
    assert terminal.run("llmdeploy up chat.yaml --yes").code == 0
    (entry,) = history_of(terminal)
    assert (entry["operation"], entry["result"]) == ("up", "succeeded")
    commit = git(terminal.folder, "rev-parse", "HEAD")[:12]
    assert re.fullmatch(rf"spec [0-9a-f]{{12}}, \S*weights, commit {commit}", entry["message"])

    none = terminal.run("llmdeploy drift chat.yaml")
    assert (none.code, none.stdout) == (0, "chat is as `up` left it\n")
    run_dir = Path(terminal.environ["LLMDEPLOY_HOME"]) / "run" / "chat"
    os.kill(int((run_dir / "a" / "supervisord.pid").read_text()), signal.SIGKILL)
    before = json.loads(terminal.run("llmdeploy drift chat.yaml --json").stdout)
    for _ in range(2):  # looking changes nothing
        drift = terminal.run("llmdeploy drift chat.yaml --format markdown")
        assert drift.code == 5
        assert "# local/a\n! supervisor local-a differs: `up` sets it back\n" in drift.stdout
    assert before == json.loads(terminal.run("llmdeploy drift chat.yaml --json").stdout)

    code, shown = typed(terminal, "llmdeploy destroy chat.yaml", "y")
    assert (code, "Nothing was changed." in shown) == (1, True)
    assert run_dir.exists()
    code, shown = typed(terminal, "llmdeploy destroy chat.yaml", "chat")
    assert (code, "USD" in shown, "orphans" in shown) == (0, False, False)
    assert not run_dir.exists()
    assert terminal.run("llmdeploy history chat.yaml").code == 1


def test_in_simulated_clouds(terminal: Terminal) -> None:
    terminal = replace(terminal, environ={**terminal.environ, **SAVE_ONCE})
    terminal.write("chat.yaml", CLOUD + "protected: true\n")
    assert terminal.run("llmdeploy up chat.yaml --simulate --yes").code == 0
    terminal.write("chat.yaml", CLOUD)
    refused = terminal.run("llmdeploy destroy chat.yaml --yes")
    assert refused.code == 1
    assert "Error: chat was deployed with `protected: true`, which chat.yaml no longer says" in refused.stderr

    for change in (
        "Vpc:aws-us-east-1-vpc tags.owner=someone",
        "Group:aws-us-east-1-fleet desiredCapacity=2",
        "Dashboard:aws-us-east-1-dashboard --delete",
    ):
        assert terminal.run(f"llmdeploy simulate drift chat.yaml {change}").code == 0
    drift = terminal.run("llmdeploy drift chat.yaml --json")
    found = json.loads(drift.stdout)
    assert (drift.code, found["drifted"], found["spec_changed"]) == (5, 2, True)
    (region,) = found["regions"]
    assert [(each["name"], each["gone"], each["up"]) for each in region["resources"]] == [
        ("aws-us-east-1-dashboard", True, "create"),
        ("aws-us-east-1-vpc", False, "update"),
    ]
    assert region["resources"][1]["changes"] == [
        {"path": "tags.owner", "kind": "add", "before": None, "after": "someone"}
    ]
    (left,) = found["left"]
    assert [each["name"] for each in left["resources"]] == ["aws-us-east-1-fleet"]  # scaling moves it

    too_many = "llmdeploy simulate drift chat.yaml Group:aws-us-east-1-fleet desiredCapacity=9"
    assert terminal.run(too_many).code == 0
    stuck = terminal.run("llmdeploy drift chat.yaml")
    assert (stuck.code, "group aws-us-east-1-fleet differs" in stuck.stdout) == (5, True)
    assert "`up` would fail as things are" in stuck.stdout
    assert terminal.run(too_many.replace("=9", "=1")).code == 0

    assert terminal.run("llmdeploy orphans chat.yaml").code == 0
    assert terminal.run("llmdeploy up chat.yaml --simulate --yes").code == 0
    assert [each["operation"] for each in history_of(terminal, "--limit 1")] == ["up"]
    folder = Path(terminal.environ["LLMDEPLOY_HOME"]) / "simulated" / "chat"
    lost = Laboratory(folder).make("lost", "aws:ec2/vpc:Vpc", LOST)
    destroyed = typed(terminal, "llmdeploy destroy chat.yaml", "chat")
    assert destroyed[0] == 1
    assert re.search(r"It would cost ~?[\d.]+ USD an hour now", destroyed[1])
    assert f"vpc/{lost.id}" in destroyed[1]

    swept = terminal.run("llmdeploy orphans --all --simulate --json")
    assert swept.code == 1
    assert [each["id"].rpartition("/")[2] for each in json.loads(swept.stdout)["orphans"]] == [lost.id]
    terminal.run("llmdeploy simulate reset chat.yaml")
    assert terminal.run("llmdeploy orphans chat.yaml --simulate").code == 0
