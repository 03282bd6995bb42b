"""Comments for pull requests: each folder of reviews/ has a spec at the base, one in the change, and exactly
what a reviewer reads. The real command, git and engine; simulated clouds.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

CASES = sorted(path for path in (Path(__file__).parent / "reviews").iterdir())


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_comment(case, terminal):
    commit_base(case, terminal)
    done = terminal.run("llmdeploy preview chat.yaml --base HEAD --simulate --format markdown")
    expected = (case / "comment.md").read_text()
    assert same_each_time(done.stdout) == same_each_time(expected)
    assert done.code == (2 if "**The spec has 1 error.**" in expected else 0), done.stderr


def same_each_time(comment):
    """Without the digest of a file that has a certificate in it, which is drawn anew."""
    return re.sub(r"[0-9a-f]{64}(?=  trusted\.yaml)", "(digest)", comment)


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
