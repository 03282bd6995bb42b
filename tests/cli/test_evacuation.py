"""Evacuations of a real deployment: the real engine, supervisord and Envoy, and two small servers."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

import httpx
import psutil
import pytest
from tests.cli.conftest import Terminal
from tests.cli.evacuations import Clients, result_of
from tests.cli.test_deployment import SERVER

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SPEC = """\
name: chat
model: {{id: ./weights, served_name: small}}
framework:
  name: custom
  command: {command}
regions: [local/a, local/b]
{more}
"""


@pytest.fixture
def up(terminal: Terminal):
    """Brings up a deployment whose servers take these flags."""
    (terminal.folder / "weights").mkdir()

    def bring(*flags: str, more: str = "") -> None:
        command = json.dumps([sys.executable, str(SERVER), "--port", "{port}", *flags])
        terminal.write("chat.yaml", SPEC.format(command=command, more=more))
        done = terminal.run("llmdeploy up chat.yaml --yes")
        assert done.code == 0, done.stdout + done.stderr

    yield bring
    terminal.run("llmdeploy destroy chat.yaml --yes")


def evacuated(terminal: Terminal) -> list[str]:
    status = json.loads(terminal.run("llmdeploy status chat.yaml --json").stdout)
    return [region["name"] for region in status["regions"] if region["evacuated"]]


def answerer(terminal: Terminal) -> str:
    chat = terminal.run("llmdeploy chat chat.yaml Hi")
    assert chat.code == 0
    return chat.stderr.split()[0]


def test_clients_notice_neither_the_evacuation_nor_the_return(terminal: Terminal, up) -> None:
    up("--word-s", "0.05")
    clients = Clients(terminal, "chat.yaml")
    with clients.asking():
        away = result_of(terminal.run("llmdeploy evacuate chat.yaml local/a --yes --json"))
        moved = time.monotonic()
        time.sleep(1)
        asked_back = time.monotonic()
        back = result_of(terminal.run("llmdeploy evacuate chat.yaml local/a --back --yes --json"))
        returned = time.monotonic()
        time.sleep(1)
    assert clients.failed() == []
    assert len(clients.records) > 100
    assert (away["ok"], away["takers"], away["in_flight"]) == (True, ["local/b"], 0)
    assert away["drained_s"] is not None
    assert (back["ok"], back["well_s"] is not None) == (True, True)
    meanwhile = {r.region for r in clients.records if moved < r.start < asked_back}
    assert meanwhile == {"local/b"}
    assert clients.regions_since(returned)["local/a"] > 0


def test_it_stays_so_until_it_is_brought_back(terminal: Terminal, up) -> None:
    up()
    shown = terminal.run("llmdeploy evacuate chat.yaml a --yes")
    assert shown.code == 0, shown.stderr
    assert "chat: local/a is evacuated; its requests go to local/b" in shown.stdout
    assert "✓ nothing is under way there" in shown.stdout
    assert (evacuated(terminal), answerer(terminal)) == (["local/a"], "local/b")

    again = terminal.run("llmdeploy evacuate chat.yaml local/a --yes")
    assert "local/a is already evacuated" in again.stdout
    last = terminal.run("llmdeploy evacuate chat.yaml local/b --yes")
    assert (last.code, "is the last region of chat that takes requests" in last.stderr) == (1, True)
    assert "did you mean local/a" in terminal.run("llmdeploy evacuate chat.yaml local/aa --yes").stderr

    assert terminal.run("llmdeploy drift chat.yaml").code == 0
    result = result_of(terminal.run("llmdeploy up chat.yaml --yes --json"))
    assert sum(result["counts"][op] for op in ("create", "update", "replace", "delete")) == 0
    assert (evacuated(terminal), answerer(terminal)) == (["local/a"], "local/b")

    spec = (terminal.folder / "chat.yaml").read_text()
    terminal.write("chat.yaml", spec.replace("local/b]", "local/b, local/c]"))
    assert terminal.run("llmdeploy up chat.yaml --yes").code == 0
    assert evacuated(terminal) == ["local/a"], "a change of the spec keeps it"

    assert terminal.run("llmdeploy evacuate chat.yaml local/a --back --yes").code == 0
    assert (evacuated(terminal), answerer(terminal)) == ([], "local/a")
    history = terminal.run("llmdeploy history chat.yaml").stdout
    assert "evacuate local/a, spec " in history
    assert "bring back local/a, spec " in history


def test_a_changed_spec_does_not_come_along(terminal: Terminal, up) -> None:
    up()
    spec = (terminal.folder / "chat.yaml").read_text()
    terminal.write("chat.yaml", spec.replace("local/b]", "local/b, local/c]"))
    away = terminal.run("llmdeploy evacuate chat.yaml local/a --yes")
    assert away.code == 0, away.stderr
    assert "local/c" not in away.stdout
    status = json.loads(terminal.run("llmdeploy status chat.yaml --json").stdout)
    assert [region["name"] for region in status["regions"]] == ["local/a", "local/b"]


def test_what_is_still_under_way_is_said_and_not_cut(terminal: Terminal, up) -> None:
    held = terminal.folder / "held"
    up("--held-by", str(held))
    held.touch()
    asking = Asking(terminal)
    try:
        asking.wait_begun()
        away = terminal.run("llmdeploy evacuate chat.yaml local/a --within 100ms --yes")
    finally:
        held.unlink()
        asking.join()
    assert (away.code, "1 request under way there, 0.1 s after the change" in away.stdout) == (1, True)
    assert asking.answer.endswith("data: [DONE]\n\n")
    assert evacuated(terminal) == ["local/a"]
    later = terminal.run("llmdeploy evacuate chat.yaml local/a --yes")
    assert (later.code, "nothing is under way there" in later.stdout) == (0, True)


class Asking(threading.Thread):
    """One client, and what has been streamed to it."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._key = terminal.run("llmdeploy key chat.yaml").stdout.strip()
        self._endpoint = json.loads(terminal.run("llmdeploy status chat.yaml --json").stdout)["endpoint"]
        self._begun = threading.Event()
        self.answer = ""
        self.start()

    def run(self) -> None:
        body = {"model": "small", "messages": [{"role": "user", "content": "Hi"}], "stream": True}
        headers = {"authorization": f"Bearer {self._key}"}
        url = f"{self._endpoint}/chat/completions"
        with httpx.stream("POST", url, json=body, headers=headers, timeout=300) as response:
            for text in response.iter_text():
                self.answer += text
                self._begun.set()

    def wait_begun(self) -> None:
        assert self._begun.wait(60)


def test_refused_while_no_other_region_is_well(terminal: Terminal, up) -> None:
    up()
    folder = Path(terminal.environ["LLMDEPLOY_HOME"]) / "run" / "chat" / "b"
    supervisor = psutil.Process(int((folder / "supervisord.pid").read_text()))
    for process in [supervisor, *supervisor.children(recursive=True)]:
        process.kill()
    refused = terminal.run("llmdeploy evacuate chat.yaml local/a --yes")
    assert refused.code == 1
    assert "no region is well that could take the requests of local/a (local/b: b-0 " in refused.stderr
    assert (evacuated(terminal), answerer(terminal)) == ([], "local/a")


def test_requests_that_may_go_nowhere_else_are_told_of(terminal: Terminal, up) -> None:
    up(more="residency: {eu: [local/a]}")
    away = terminal.run("llmdeploy evacuate chat.yaml local/a --yes")
    assert "requests marked eu may go nowhere else" in away.stdout.replace("\n", " ")


def test_a_drill_of_it(terminal: Terminal, up) -> None:
    up("--word-s", "0.05")
    drill = terminal.run(
        "llmdeploy drill chat.yaml --evacuate local/a --seconds 6 --max-failed 0 --json "
        "--report drill.html --report drill.md"
    )
    assert drill.code == 0, drill.stdout + drill.stderr
    report = result_of(drill)
    assert (report["fault"], report["failed"], report["broken_streams"]) == ("evacuate", 0, 0)
    assert report["drained_s"] is not None
    assert set(report["before"]["answers"]) == {"local/a"}
    assert report["during"]["answers"]["local/b"] > 0
    assert report["after"]["answers"]["local/a"] > 0
    page = (terminal.folder / "drill.html").read_text()
    assert page.count("<circle") == report["requests"]
    assert (terminal.folder / "drill.svg").read_text().count("<circle") == report["requests"]
    assert "| drained | " in (terminal.folder / "drill.md").read_text()
    assert evacuated(terminal) == []
    assert terminal.run("llmdeploy evacuate chat.yaml local/a --yes").code == 0
    refused = terminal.run("llmdeploy drill chat.yaml --evacuate local/a")
    assert (refused.code, "local/a is evacuated already" in refused.stderr) == (1, True)
