"""What clouds say no to, in a review; the real command, engine, simulated clouds or real ones, no keys."""

from __future__ import annotations

import json

import pytest
from tests.cli.conftest import Terminal

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SPEC = """\
name: chat
model: {id: Qwen/Qwen2.5-7B-Instruct, context_length: 16384}
framework: vllm
quantization: fp8
regions: [aws/us-east-1, aws/us-west-2]
"""


def test_a_quota_that_is_too_low(terminal: Terminal) -> None:
    terminal.write("chat.yaml", SPEC)
    fault = "llmdeploy simulate fault chat.yaml quota --type L-DB2E81BA --limit 1 --region us-west-2"
    done = terminal.run(fault)
    assert done.code == 0, done.stderr
    command = "llmdeploy preview chat.yaml --simulate --fail-on quota,unpinned,over-budget --format markdown"
    done = terminal.run(command)
    assert done.code == 6
    assert "Refused: quota: chat: aws/us-west-2: quota: needs 4" in done.stderr
    assert "Refused: unpinned: chat: Qwen/Qwen2.5-7B-Instruct has no revision" in done.stderr
    assert "over-budget" not in done.stderr
    assert "The simulated clouds do not grant it as it stands (quota in aws/us-west-2)." in done.stdout
    verdicts = {line.split("|")[1].strip(): line.split("|")[-2].strip() for line in _regions(done.stdout)}
    assert verdicts == {"`aws/us-east-1`": "granted", "`aws/us-west-2`": "**refused**"}


def _regions(comment: str) -> list[str]:
    """The rows of the table of regions."""
    table = comment.partition("| Region | Create |")[2].partition("\n\n")[0]
    return [line for line in table.splitlines() if line.startswith("| `aws/")]


def test_no_credentials(terminal: Terminal) -> None:
    terminal.write("chat.yaml", SPEC)
    done = terminal.run("llmdeploy preview chat.yaml --format json", AWS_EC2_METADATA_DISABLED="true")
    assert done.code == 1
    (review,) = json.loads(done.stdout)["reviews"]
    assert review["kind"] == "failed"
    assert "credentials" in review["error"]
    assert review["mend"]
