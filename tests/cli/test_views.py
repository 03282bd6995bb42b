"""How plans and previews look: whole within 80 columns, and plain where they go to a file."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from llmdeploy.cli.render.plan import show_plan
from llmdeploy.cli.render.preview import show_preview
from llmdeploy.cli.render.steps import changed
from llmdeploy.infra.runner.events import Counts, PropertyChange, Step
from llmdeploy.infra.runner.result import RunResult
from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan

SPEC = """\
name: chat
model: {id: HuggingFaceTB/SmolLM2-135M-Instruct, served_name: small}
framework: vllm
regions: [local/a, local/b]
residency: {eu: [local/b]}
"""
BARE = Machine(cpus=2, memory_gib=8, gpus=0, vllm_python="", smollm2="cached")


def view(show, value, *, terminal=False):
    """What is shown on 80 columns."""
    out = io.StringIO()
    show(value, Console(file=out, width=80, force_terminal=terminal, markup=False, highlight=False))
    return out.getvalue()


@pytest.fixture
def plan():
    return build_plan(parse_spec(SPEC, "chat.yaml"), BARE)


def test_a_plan_says_what_runs_and_why(plan):
    text = view(show_plan, plan)
    assert "here       vllm → llama.cpp on this machine (no GPU)" in text
    assert "residency eu" in text
    for region in plan.regions:
        assert f"\n{region.name}  1 " in text
    for decision in plan.decisions:
        assert f"\n{decision.path}" in text
    flat = " ".join(text.split())
    for decision in plan.decisions:
        assert " ".join(f"{decision.value} – {decision.reason}".split()) in flat
    for warning in plan.warnings:
        assert " ".join(f"Warning: {warning}".split()) in flat


@pytest.mark.parametrize("terminal", [False, True])
def test_a_plan_fits_80_columns(plan, terminal):
    lines = view(show_plan, plan, terminal=terminal).splitlines()
    assert ("\x1b[" in "".join(lines)) == terminal
    if not terminal:
        assert max(map(len, lines)) <= 80
        assert [line for line in lines if line != line.rstrip()] == []


def test_a_plan_as_json_is_the_plan(plan):
    assert json.loads(plan.model_dump_json())["regions"][0]["name"] == "local/a"


NEW = PropertyChange("port", "add", None, 4000)
RESULT = RunResult(
    operation="preview",
    stack="chat",
    counts=Counts(create=1, update=1, same=3),
    seconds=1.0,
    steps=(
        Step(
            "create",
            "llmdeploy:local:Replica",
            "local-b-0",
            "urn:b",
            changes=(PropertyChange("x", "add", None, 1),),
        ),
        Step("create", "llmdeploy:local:Region", "local-b", "urn:r", component=True),
        Step(
            "update",
            "llmdeploy:local:Gateway",
            "gateway",
            "urn:g",
            changes=(
                PropertyChange("regions[1]", "add", None, {"name": "local/b"}),
                PropertyChange("api_keys", "update", "[secret]", "[secret]"),
            ),
        ),
    ),
    drift=(
        Step(
            "refresh",
            "llmdeploy:local:Replica",
            "local-a-0",
            "urn:a",
            changes=(PropertyChange("status", "update", "running", "stopped"),),
        ),
    ),
)
PREVIEW = """\
! replica local-a-0 is not as it was left
    status: running → stopped
+ create   replica local-b-0
~ update   gateway
    regions[1]: {"name": "local/b"}
    api_keys: [secret] → [secret]
chat: 1 to create, 1 to update, 3 unchanged
"""


def test_a_preview():
    assert view(show_preview, RESULT) == PREVIEW


def test_a_preview_of_nothing():
    assert view(show_preview, RunResult("preview", "chat", Counts(same=4), 1.0)) == "chat: 4 unchanged\n"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (PropertyChange("port", "update", 1, 2), "port: 1 → 2"),
        (PropertyChange("port", "delete", 1, None), "port: 1 → gone"),
        (PropertyChange("text", "update", "a", "b" * 90), f"text: a → {'b' * 59}…"),
    ],
)
def test_a_changed_property(change, text):
    assert changed(change) == text
