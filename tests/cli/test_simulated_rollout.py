"""A rollout in simulated clouds that do not run: every move is made, and nothing is said to be judged."""

from __future__ import annotations

import json

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(400)]

SPEC = """\
name: chat
model: {{id: Qwen/Qwen2.5-7B-Instruct, served_name: chat, context_length: {context}}}
framework: vllm
quantization: fp8
regions: [aws/us-east-1]
rollout: {{steps: [25, 100], bake: 2m, abort_on: {{tpot_p95: 50ms}}}}
"""
NOTED = (
    "simulated clouds that do not run serve nobody: nothing is warmed up, watched or judged; "
    "`llmdeploy up SPEC --simulate --live` runs them on this machine"
)


def test_it_is_carried_out_and_says_that_nobody_judged_it(terminal) -> None:
    terminal.write("chat.yaml", SPEC.format(context=4096))
    up = terminal.run("llmdeploy up chat.yaml --simulate --yes")
    assert up.code == 0, up.stderr
    terminal.write("chat.yaml", SPEC.format(context=8192))
    rolled = terminal.run("llmdeploy rollout chat.yaml --yes --json")
    assert rolled.code == 0, rolled.stdout + rolled.stderr
    events = [json.loads(line) for line in rolled.stdout.splitlines()]
    assert [event["text"] for event in events if event["event"] == "noted"] == [NOTED]
    assert [event["what"].partition(": ")[2] for event in events if event["event"] == "moving"] == [
        "new replicas start beside the old ones",
        "25 % of the requests",
        "100 % of the requests",
        "the new version is the region's own",
        "the old replicas go",
    ]
    assert not {"warm", "watching", "judged"} & {event["event"] for event in events}
    assert events[-1]["outcome"] == "done"
