"""A case is a file: a check with what it measures by, and answers with why they do not pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from llmdeploy.serving.quality import Case, check_answer

CASES = sorted((Path(__file__).parent / "answers").glob("*.yaml"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_answers_pass_or_do_not(file: Path) -> None:
    told = yaml.safe_load(file.read_text("utf-8"))
    measure = {key: told[key] for key in ("expect", "pattern", "schema") if key in told}
    case = Case(1, ({"role": "user", "content": "?"},), **measure)
    for row in told["answers"]:
        result = check_answer(told["check"], case, row["answer"])
        assert (result.passed, result.why) == ("why" not in row, row.get("why", "")), row["answer"]


def test_an_answer_nested_without_end_is_no_crash() -> None:
    case = Case(1, ({"role": "user", "content": "?"},), schema={"type": "array"})
    assert check_answer("json-schema", case, "[" * 200_000).why == "is nested too deeply"


def test_long_answers_are_told_in_part() -> None:
    case = Case(1, ({"role": "user", "content": "?"},), expect="yes")
    assert len(check_answer("exact", case, "no " * 10_000).why) < 150


WITHOUT_JSONSCHEMA = """
import sys

sys.modules["jsonschema"] = None  # as if it were not installed
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.quality import Case, check_answer
from llmdeploy.serving.quality.line import faults

row = {"prompt": "?", "schema": {"type": "objekt"}}
print(list(faults(row, "json-schema")))
print(check_answer("regex", Case(1, (), pattern="a"), "a").passed)
try:
    check_answer("json-schema", Case(1, ()), "{}")
except LlmdeployError as error:
    print(error)
"""


def test_only_schemas_need_the_extra() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_JSONSCHEMA], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.splitlines() == [
        "[]",
        "True",
        (
            "check: json-schema needs jsonschema, which is not installed; "
            "pip install 'llmdeploy-stacks[rollout]'"
        ),
    ], done.stderr
