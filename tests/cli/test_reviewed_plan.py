"""What was reviewed is what `up` does: real command and engine, simulated clouds."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from tests.cli.conftest import Terminal

from llmdeploy.infra.review.plan_file import load, save
from llmdeploy.infra.review.reviewed_plan import ReviewedPlan

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SPEC = """\
name: chat
model: {id: meta-llama/Llama-3.1-8B-Instruct, revision: 0e9e39f249a16976918f6564b8830bc894c89659}
framework: vllm
quantization: fp8
regions: [aws/us-east-1]
"""
UP = "llmdeploy up chat.yaml --simulate --yes --plan chat.plan.json"
REVIEW = "llmdeploy preview chat.yaml --simulate --save-plan chat.plan.json"


@pytest.fixture
def reviewed(terminal: Terminal) -> Terminal:
    """A new deployment that was reviewed."""
    terminal.write("chat.yaml", SPEC)
    assert terminal.run(REVIEW).code == 0
    return terminal


def plan_in(terminal: Terminal) -> Path:
    return terminal.folder / "chat.plan.json"


def test_what_was_reviewed_is_done_and_nothing_after_it(reviewed: Terminal) -> None:
    file = plan_in(reviewed)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "hf_simulated" not in file.read_text()  # the hub token, which is among the resources
    done = reviewed.run(UP)
    assert done.code == 0, done.stderr
    assert reviewed.run("llmdeploy preview chat.yaml --simulate --fail-on risk=high,drift").code == 0

    again = reviewed.run(UP)
    assert again.code == 1
    assert "the state of chat: something was deployed, changed or removed" in again.stderr

    _drift_is_not_mended_unseen(reviewed)


def _drift_is_not_mended_unseen(terminal: Terminal) -> None:
    terminal.write("chat.yaml", SPEC.replace("fp8", "bf16"))
    assert terminal.run(REVIEW).code == 0
    drift = "llmdeploy simulate drift chat.yaml Vpc:aws-us-east-1-vpc enableDnsSupport=false"
    assert terminal.run(drift).code == 0
    done = terminal.run(UP)
    assert done.code in {1, 3}
    assert "this was not reviewed, and was not done" in done.stderr
    assert "aws-us-east-1-vpc" in done.stderr


def test_another_spec_is_refused_with_what_differs(terminal: Terminal, reviewed_file: Path) -> None:
    terminal.write("chat.yaml", SPEC.replace("fp8", "bf16").replace("us-east-1", "us-west-2"))
    terminal.write("chat.plan.json", reviewed_file.read_text())
    done = terminal.run(UP)
    assert done.code == 1
    assert done.stderr.splitlines()[1:] == [
        "Error: chat.plan.json was reviewed for something else; since then:",
        "  the spec: quantization: reviewed fp8, now bf16",
        "  the spec: region in aws/us-east-1: reviewed 1 × g6e.xlarge, now none",
        "  the spec: region in aws/us-west-2: reviewed none, now 1 × g6e.xlarge",
        "  → review it again: `llmdeploy preview SPEC --save-plan FILE`",
    ]
    assert not (Path(terminal.environ["LLMDEPLOY_HOME"]) / "state" / ".pulumi" / "stacks").exists()


def test_another_code_is_refused(terminal: Terminal, reviewed_file: Path) -> None:
    terminal.write("chat.yaml", SPEC)
    save(load(reviewed_file).model_copy(update={"code": "0" * 64}), plan_in(terminal))
    done = terminal.run(UP)
    assert done.code == 1
    assert "another version than the reviewed one" in done.stderr


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda text: text.replace("fp8", "int8"), "was changed after it was saved"),
        (lambda text: text[:1000], "is no plan that"),
        (lambda text: json.dumps({"reviewed": [1]}), "is no plan that"),
        (lambda text: json.dumps([text[:10]]), "is no plan that"),
    ],
    ids=["changed", "cut short", "something else", "a list"],
)
def test_a_harmed_file_is_refused(reviewed_file: Path, harm, said: str, terminal: Terminal) -> None:
    terminal.write("chat.yaml", SPEC)
    terminal.write("chat.plan.json", harm(reviewed_file.read_text()))
    done = terminal.run(UP)
    assert done.code == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_told(terminal: Terminal) -> None:
    terminal.write("chat.yaml", SPEC)
    done = terminal.run(UP)
    assert done.code == 1
    assert "chat.plan.json cannot be read: No such file or directory" in done.stderr


@pytest.fixture(scope="module")
def reviewed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan on file, of an engine that planned nothing."""
    from llmdeploy.infra.machine import this_machine
    from llmdeploy.infra.review.code_digest import code_digest
    from llmdeploy.infra.review.reviewed_plan import Situation, reviewed
    from llmdeploy.infra.runner.update_plan import UpdatePlan
    from llmdeploy.serving.load import parse_spec
    from llmdeploy.serving.plan.build import build_plan
    from llmdeploy.stacks.pins import Pins

    folder = tmp_path_factory.mktemp("plans")
    plan = build_plan(parse_spec(SPEC, "chat.yaml"), this_machine(folder))
    file = folder / "chat.plan.json"
    now = Situation("chat", simulated=True, plan=plan, code=code_digest(), state="nothing")
    save(reviewed(now, Pins(), UpdatePlan({"resourcePlans": {}})), file)
    assert isinstance(load(file), ReviewedPlan)
    return file
