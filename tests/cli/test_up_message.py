"""What the history remembers of an `up`."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from llmdeploy.cli.up_message import up_message
from llmdeploy.serving.load import load_spec

SPEC = """\
name: chat
model: {id: acme/chat, revision: 0e9e39f249a16976918f6564b8830bc894c89659}
framework: vllm
regions: [local/a]
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    file = tmp_path / "specs" / "chat.yaml"
    file.parent.mkdir()
    file.write_text(SPEC)
    return file


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "c")
    return git(folder, "rev-parse", "HEAD")[:12]


def message(spec: Path, *, reviewed: bool = False) -> str:
    source = load_spec(spec)
    told = up_message(source, reviewed=reviewed)
    return told.removeprefix(f"spec {source.digest[:12]}, acme/chat@0e9e39f249a1")


def test_outside_a_repository_there_is_no_commit(spec: Path) -> None:
    assert message(spec) == ""
    assert message(spec, reviewed=True) == ", reviewed plan"


def test_the_commit_and_whether_the_spec_is_the_committed_one(spec: Path) -> None:
    head = commit(spec.parent.parent)
    assert message(spec) == f", commit {head}"
    spec.write_text(SPEC + "# later\n")
    assert message(spec) == f", commit {head} and changes since"


def test_a_spec_that_was_never_committed(spec: Path) -> None:
    text = spec.read_text()
    spec.unlink()
    head = commit(spec.parent)
    spec.write_text(text)
    assert message(spec, reviewed=True) == f", commit {head} without this spec, reviewed plan"
