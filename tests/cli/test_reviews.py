"""Comments for pull requests: each folder of reviews/ has a spec at the base, one in the change, and exactly
what a reviewer reads. The real command, git and engine; simulated clouds.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

CASES = sorted(path for path in (Path(__file__).parent / "reviews").iterdir())


@pytest.mark.engine
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_comment(case, terminal):
    commit_base(case, terminal)
    done = terminal.run("llmdeploy preview chat.yaml --base HEAD --simulate --format markdown")
    assert done.stdout == (case / "comment.md").read_text()
    assert done.code == 0, done.stderr


def test_there_are_cases():
    assert len(CASES) >= 8


def commit_base(case, terminal):
    """A repository with the base's spec as its commit, and the change's in the work tree."""

    def git(*arguments):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=terminal.folder, check=True, capture_output=True)

    git("init", "--quiet")
    base, head = case / "base.yaml", case / "head.yaml"
    if base.exists():
        terminal.write("chat.yaml", base.read_text())
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "base")
    if head.exists():
        terminal.write("chat.yaml", head.read_text())
    else:
        (terminal.folder / "chat.yaml").unlink()
