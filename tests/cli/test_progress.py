"""An operation while it runs: on a terminal of 80×24, as plain lines, and as JSON lines."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable

import pexpect
import pyte
import pytest
from rich.console import Console

from llmdeploy.cli.render.progress_json import JsonProgress
from llmdeploy.cli.render.progress_lines import LineProgress
from llmdeploy.infra.runner.events import (
    Counts,
    Diagnostic,
    Note,
    PropertyChange,
    Step,
    StepDone,
    StepFailed,
    StepStarted,
    Summary,
)

REPLICA = Step("create", "llmdeploy:local:Replica", "local-a-0", "urn:a-0")
OTHER = Step("create", "llmdeploy:local:Replica", "local-b-0", "urn:b-0")
GROUP = Step("create", "llmdeploy:local:Region", "local-a", "urn:a", component=True)
DRIFT = Step(
    "refresh",
    "llmdeploy:local:Gateway",
    "gateway",
    "urn:g",
    changes=(PropertyChange("status", "update", "running", "crashing"),),
)
EVENTS = [
    Note("waiting for pid 7"),
    StepDone(DRIFT, 0.1),
    StepDone(Step("refresh", "llmdeploy:local:Replica", "calm", "urn:c"), 0.1),
    StepStarted(GROUP),
    StepDone(GROUP, 0.0),
    StepStarted(REPLICA),
    StepStarted(OTHER),
    Diagnostic("info", "a-0: loading, 2 s", urn="urn:a-0", ephemeral=True),
    Diagnostic("info", "a-0: loading, 4 s", urn="urn:a-0", ephemeral=True),
    Diagnostic("warning", "the revision is not pinned", name="local-a-0"),
    StepDone(REPLICA, 3.21),
    StepFailed(OTHER, 9.0, "exited with code 1"),
    Summary("up", "chat", Counts(create=1, same=2), failed=1, seconds=12.34),
]
LINES = """\
  waiting for pid 7
! gateway is not as it was left: status: running → crashing
  a-0: loading, 2 s
! local-a-0: the revision is not pinned
✓ created replica local-a-0 in 3.2 s
✗ creating replica local-b-0 failed after 9.0 s
chat: 1 created, 2 unchanged, 1 failed, in 12.3 s
"""


def test_plain_lines():
    out = io.StringIO()
    with LineProgress(Console(file=out, width=80, markup=False), clock=lambda: 100.0) as view:
        for event in EVENTS:
            view(event)
    assert out.getvalue() == LINES


def test_progress_is_repeated_in_plain_lines_after_a_while():
    out, now = io.StringIO(), iter([0.0, 4.9, 5.1])
    view = LineProgress(Console(file=out, width=80), clock=lambda: next(now))
    for seconds in (0, 5, 6):
        view(Diagnostic("info", f"loading, {seconds} s", urn="urn:a", ephemeral=True))
    assert out.getvalue() == "  loading, 0 s\n  loading, 6 s\n"


def test_json_lines(capsys):
    with JsonProgress() as view:
        for event in EVENTS:
            view(event)
    documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["event"] for each in documents[-3:]] == ["step_done", "step_failed", "summary"]
    assert documents[1]["step"]["changes"] == [
        {"path": "status", "kind": "update", "before": "running", "after": "crashing"}
    ]


SCRIPT = """
import sys, time
from rich.console import Console
from llmdeploy.cli.render.progress_live import LiveProgress
from llmdeploy.infra.runner.events import *

steps = [Step("create", "llmdeploy:local:Replica", f"local-a-{n}", f"urn:{n}") for n in range(30)]
with LiveProgress(Console(markup=False)) as view:
    for step in steps:
        view(StepStarted(step))
    view(Diagnostic("info", "loading " + "x" * 200, urn="urn:0", ephemeral=True))
    input()
    view(StepDone(steps[0], 1.0))
    view(StepFailed(steps[1], 2.0, "no"))
    input()
print("END")
"""


@pytest.fixture
def screen(terminal, tmp_path):
    """A terminal of 80×24 in which the script runs; `child.screen()` is what it shows."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environ = {**terminal.environ, "TERM": "xterm-256color"}
    child = pexpect.spawn(
        sys.executable,
        [str(script)],
        env=environ,
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=20,
        echo=False,
    )
    display = pyte.Screen(80, 24)
    stream = pyte.Stream(display)

    def until(seen: Callable[[list[str]], bool]) -> list[str]:
        for _ in range(100):
            try:
                stream.feed(child.read_nonblocking(65536, timeout=0.1))
            except pexpect.TIMEOUT:
                pass
            except pexpect.EOF:
                break
            if seen([line.rstrip() for line in display.display]):
                break
        return [line.rstrip() for line in display.display]

    yield child, until
    child.close(force=True)


def test_the_live_view_fits_the_terminal_and_ends_clean(screen):
    child, until = screen
    shown = until(lambda lines: "  and 12 more" in lines and any("loading" in line for line in lines))
    assert any(line.startswith("+ creating replica local-a-0") and line.endswith("…") for line in shown)
    assert "  and 12 more" in shown
    child.sendline()
    shown = until(lambda lines: "  and 10 more" in lines)
    assert "✓ created replica local-a-0 in 1.0 s" in shown
    assert "✗ creating replica local-a-1 failed after 2.0 s" in shown
    assert not any(line.startswith("+ creating replica local-a-0 ") for line in shown)
    assert "  and 10 more" in shown
    child.sendline()
    shown = until(lambda lines: "END" in lines and not any("+ " in line for line in lines))
    assert "END" in shown
    assert not any(line.startswith("+ ") for line in shown)
