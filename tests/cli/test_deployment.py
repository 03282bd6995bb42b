"""The commands on a real deployment: the real engine, supervisord and Envoy, and two small servers."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import psutil
import pyte
import pytest

pytestmark = pytest.mark.engine

COMMAND = Path(sys.executable).with_name("llmdeploy")
SERVER = Path(__file__).with_name("small_server.py")
SPEC = """\
name: {name}
model: {{id: ./weights, served_name: small}}
framework:
  name: custom
  command: {command}
regions: [local/a, local/b]
"""


@pytest.fixture
def spec(terminal):
    """Writes a spec whose servers take these flags."""
    (terminal.folder / "weights").mkdir()

    def write(*flags: str, name: str = "chat") -> None:
        command = json.dumps([sys.executable, str(SERVER), "--port", "{port}", *flags])
        terminal.write("chat.yaml", SPEC.format(name=name, command=command))

    return write


def processes_of(terminal) -> list[str]:
    """Command lines that name the home of this test."""
    home = terminal.environ["LLMDEPLOY_HOME"]
    found = []
    for process in psutil.process_iter():
        try:
            text = " ".join([*process.cmdline(), *map("=".join, process.environ().items())])
        except psutil.Error:
            continue
        if home in text and process.pid != os.getpid():
            found.append(text)
    return found


@pytest.mark.slow
def test_the_life_of_a_deployment(terminal, spec):
    spec()
    up = terminal.run("llmdeploy up chat.yaml --yes")
    assert up.code == 0, up.stdout + up.stderr
    assert "✓ created replica local-a-0 in" in up.stdout
    assert "chat: 2 of 2 regions healthy" in up.stdout
    assert 'llmdeploy chat chat.yaml "Hello!"' in up.stdout

    status = terminal.run("llmdeploy status chat.yaml")
    assert status.code == 0, status.stdout + status.stderr
    assert "local/a" in status.stdout
    assert max(map(len, status.stdout.splitlines())) <= 80

    chat = terminal.run("llmdeploy chat chat.yaml", stdin="Hello?\n")
    assert (chat.code, chat.stdout) == (0, "Hello from here.\n")
    assert "local/a (a-0) answers" in chat.stderr
    assert "local/b (b-0) answers" in terminal.run("llmdeploy chat chat.yaml Hi --entry local/b").stderr
    assert "it serves small" in terminal.run("llmdeploy chat chat.yaml Hi --model big").stderr

    key = terminal.run("llmdeploy key chat.yaml")
    assert (key.code, key.stderr) == (0, "")
    secret = key.stdout.strip()
    assert secret
    assert "\n" not in secret
    others = ("plan", "preview", "preview --json", "status --json", "logs -n 999", "validate")
    shown = [up, status, chat, *(terminal.run(f"llmdeploy {other} chat.yaml") for other in others)]
    assert not [each for each in shown if secret in each.stdout + each.stderr]

    logs = terminal.run("llmdeploy logs chat.yaml --replica a-0")
    assert logs.stdout.splitlines()[0] == "serving"
    assert "prompt of 6 characters" in logs.stdout

    again = terminal.run("llmdeploy up chat.yaml --yes --json")
    result = json.loads(again.stdout.splitlines()[-1])
    assert (result["event"], result["ok"]) == ("result", True)
    assert sum(result["counts"][op] for op in ("create", "update", "replace", "delete")) == 0

    destroy = terminal.run("llmdeploy destroy chat.yaml --yes")
    assert destroy.code == 0, destroy.stdout + destroy.stderr
    assert processes_of(terminal) == []
    assert not (Path(terminal.environ["LLMDEPLOY_HOME"]) / "run" / "chat").exists()
    gone = terminal.run("llmdeploy status chat.yaml")
    assert gone.code == 1
    assert "llmdeploy up" in gone.stderr


@pytest.mark.slow
def test_a_dead_region_is_shown_and_mended(terminal, spec):
    spec()
    assert terminal.run("llmdeploy up chat.yaml --yes").code == 0
    run_dir = Path(terminal.environ["LLMDEPLOY_HOME"]) / "run" / "chat"
    supervisor = int((run_dir / "a" / "supervisord.pid").read_text())
    for process in [psutil.Process(supervisor), *psutil.Process(supervisor).children(recursive=True)]:
        process.kill()

    status = terminal.run("llmdeploy status chat.yaml --json")
    assert status.code == 5
    chat = terminal.run("llmdeploy chat chat.yaml Hi")
    assert (chat.code, chat.stdout) == (0, "Hello from here.\n")
    assert "local/b" in chat.stderr
    preview = terminal.run("llmdeploy preview chat.yaml")
    assert "is not as it was left" in preview.stdout
    mended = terminal.run("llmdeploy up chat.yaml --yes")
    assert mended.code == 0, mended.stdout + mended.stderr
    assert terminal.run("llmdeploy status chat.yaml").code == 0
    assert terminal.run("llmdeploy destroy chat.yaml --yes").code == 0


@pytest.mark.slow
def test_a_drill_says_what_clients_saw(terminal, spec):
    spec()
    assert terminal.run("llmdeploy up chat.yaml --yes").code == 0
    drill = terminal.run("llmdeploy drill chat.yaml --kill local/a --seconds 5 --workers 2 --max-failed 0")
    assert drill.code == 0, drill.stdout + drill.stderr
    assert "chat: kill a-0 of local/a for" in drill.stdout
    assert "✓ within the limits" in drill.stdout
    assert max(map(len, drill.stdout.splitlines())) <= 80
    strict = terminal.run("llmdeploy drill chat.yaml --hang local/a --seconds 5 --max-gap 0 --json")
    result = json.loads(strict.stdout.splitlines()[-1])
    assert (strict.code, result["event"], result["ok"]) == (1, "result", False)
    assert "did you mean local/a" in terminal.run("llmdeploy drill chat.yaml --kill local/aa").stderr
    assert terminal.run("llmdeploy status chat.yaml").code == 0
    assert terminal.run("llmdeploy destroy chat.yaml --yes").code == 0
    assert processes_of(terminal) == []


@pytest.mark.slow
def test_status_is_watched_in_place_until_ctrl_c(terminal, spec):
    spec()
    assert terminal.run("llmdeploy up chat.yaml --yes").code == 0
    child = spawn(terminal, "status chat.yaml --watch")
    display = pyte.Screen(80, 24)
    stream = pyte.Stream(display)
    try:
        deadline = time.monotonic() + 6
        while time.monotonic() < deadline:
            try:
                stream.feed(child.read_nonblocking(65536, timeout=0.5))
            except pexpect.TIMEOUT:
                continue
        child.sendintr()
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
    shown = [line.rstrip() for line in display.display]
    assert shown.count("chat is healthy, 2 of 2 regions healthy") == 1
    assert child.exitstatus == 130
    assert "Traceback" not in child.before
    assert terminal.run("llmdeploy destroy chat.yaml --yes").code == 0


def test_a_server_that_does_not_start(terminal, spec):
    spec("--exit-code", "3")
    up = terminal.run("llmdeploy up chat.yaml --yes")
    assert up.code in {1, 3}
    assert "CUDA error: out of memory" in up.stderr
    assert "Traceback" not in up.stdout + up.stderr
    assert terminal.run("llmdeploy destroy chat.yaml --yes").code == 0
    assert processes_of(terminal) == []


def test_up_asks_on_a_terminal(terminal, spec):
    spec()
    child = spawn(terminal, "up chat.yaml")
    try:
        child.expect("create +replica local-a-0")
        child.expect(r"Go ahead\? \[y/N\]")
        child.sendline("n")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
    assert child.exitstatus == 1
    assert "Nothing was changed." in child.before
    assert processes_of(terminal) == []


def test_ctrl_c_leaves_what_the_next_up_goes_on_from(terminal, spec):
    spec("--start-s", "8")
    child = spawn(terminal, "up chat.yaml --yes")
    try:
        child.expect("creating replica local-a-0")
        child.sendintr()
        child.expect(pexpect.EOF, timeout=60)
    finally:
        child.close(force=True)
    assert child.exitstatus == 130
    assert "Traceback" not in child.before
    spec()
    up = terminal.run("llmdeploy up chat.yaml --yes")
    assert up.code == 0, up.stdout + up.stderr
    assert terminal.run("llmdeploy destroy chat.yaml --yes").code == 0
    assert processes_of(terminal) == []


@pytest.mark.slow
def test_a_second_up_says_who_holds_the_stack(terminal, spec):
    spec("--start-s", "8")
    home = Path(terminal.environ["LLMDEPLOY_HOME"])
    first = subprocess.Popen(
        [COMMAND, "up", "chat.yaml", "--yes"],
        cwd=terminal.folder,
        env=dict(terminal.environ),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: list(home.glob("run/chat/*/supervisord.pid")))
        second = terminal.run("llmdeploy up chat.yaml --yes")
        assert second.code == 4
        assert str(first.pid) in second.stderr
    finally:
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=60)
    assert first.returncode == 130


def spawn(terminal, arguments: str) -> pexpect.spawn:
    environ = {**terminal.environ, "TERM": "xterm"}
    return pexpect.spawn(
        str(COMMAND),
        shlex.split(arguments),
        cwd=str(terminal.folder),
        env=environ,
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 80),
    )


def wait_for(condition, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
