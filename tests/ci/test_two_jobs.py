"""Two jobs at once, each a process of its own, whose looks come before either writes."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.ci.fakes.forge_server import ForgeServer
from tests.ci.fakes.github_server import FakeGithub
from tests.ci.fakes.job import HEAD

_JOB = """
import os, sys
from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.connect import connect
from llmdeploy.infra.forge.sticky import put_comment
forge, repository, run = sys.argv[1:4]
event = CiEvent(forge, repository, 7, None, sys.argv[4], False, (int(run), 1), "", None, False)
put_comment(connect(event, os.environ, print), event, "preview", f"run {run}", print)
"""


def jobs(server: ForgeServer, *runs: int) -> None:
    """Let them all run, from a first look that they share."""
    place = ("github", "acme/serving") if isinstance(server, FakeGithub) else ("gitlab", "42")
    server.meet("GET", server.comments_path, len(runs))
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _JOB, *place, str(run), HEAD], env=server.environ(), stderr=subprocess.PIPE
        )
        for run in runs
    ]
    for process in started:
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, told.decode()


@pytest.mark.parametrize("runs", [(5, 6), (6, 6)])
def test_both_create_and_one_comment_is_left(forge: ForgeServer, runs: tuple[int, int]) -> None:
    jobs(forge, *runs)
    assert len(forge.asked("POST")) == 2
    assert [comment.body.partition("\n")[2] for comment in forge.comments(7)] == ["run 6"]
