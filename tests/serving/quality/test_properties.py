"""Whatever a line holds, it is told what is wrong with it, or any answer can be held against it."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from llmdeploy.serving.quality import check_answer
from llmdeploy.serving.quality.answer import CHECKS
from llmdeploy.serving.quality.line import case_of, faults
from llmdeploy.serving.quality.rubric import question, verdict_of
from llmdeploy.serving.spec.evaluation import Check

WORDS = (
    "prompt",
    "messages",
    "expect",
    "schema",
    "pattern",
    "criteria",
    "role",
    "content",
    "user",
    "type",
    "text",
)
SCHEMAS = (
    "$schema",
    "$ref",
    "$id",
    "type",
    "properties",
    "pattern",
    "items",
    "required",
    "minimum",
    "object",
)
TEXTS = st.sampled_from((*WORDS, *SCHEMAS, "(", "#/a", "http://127.0.0.1:9/")) | st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=8,
)
MESSAGES = st.lists(st.fixed_dictionaries({"role": st.just("user"), "content": VALUES}) | VALUES, max_size=2)
ROWS = VALUES | st.fixed_dictionaries(
    {},
    optional={
        "prompt": TEXTS | VALUES,
        "messages": MESSAGES,
        "expect": VALUES,
        "pattern": VALUES,
        "schema": st.dictionaries(st.sampled_from(SCHEMAS), VALUES, max_size=3) | VALUES,
        "criteria": VALUES,
    },
)


@given(
    row=ROWS,
    check=st.sampled_from(get_args(Check)),
    answer=st.text(max_size=20) | st.sampled_from(("{}", "[1]")),
)
def test_a_line_is_refused_or_can_be_used(row: Any, check: Check, answer: str) -> None:
    found = list(faults(row, check))
    assert all(fault.problem and fault.mend for fault in found)
    if found:
        return
    case = case_of(1, row)
    assert isinstance(case.prompt, str)
    assert verdict_of(question(case, answer)[1]["content"]) in (True, False, None)
    if check in CHECKS:
        result = check_answer(check, case, answer)
        assert result.passed != bool(result.why)
