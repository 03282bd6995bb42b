"""Cases as files: two windows and what is asked in; the verdict and rows of its evidence out.

A slice stands for as many as `times` says. Numbers are compared to three digits.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmdeploy.serving.rollout.criteria import Criteria
from llmdeploy.serving.rollout.evidence import Verdict
from llmdeploy.serving.rollout.judge import judge
from llmdeploy.serving.rollout.window import Window

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case: Path) -> None:
    given: dict[str, Any] = yaml.safe_load(case.read_text("utf-8"))
    verdict = judge(
        _window(given["stable"]), _window(given["canary"]), Criteria(**given["criteria"]), given["looks"]
    )
    expect = given["expect"]
    rows = {row.metric: row.model_dump() for row in verdict.evidence}
    assert [row.metric for row in verdict.violated] == expect.pop("violated")
    for metric, fields in expect.pop("rows", {}).items():
        assert {name: rows[metric][name] for name in fields} == {
            name: _close(value) for name, value in fields.items()
        }
    assert {name: getattr(verdict, name) for name in expect} == expect
    assert Verdict.model_validate(json.loads(verdict.model_dump_json())) == verdict


def _window(given: dict[str, Any] | None) -> Any:
    if given is None:
        return None
    slices = [piece for piece in given.pop("slices") for _ in range(piece.pop("times"))]
    return Window(slices=tuple(slices), **given)


def _close(value: Any) -> Any:
    return pytest.approx(value, rel=0.005, abs=1e-3) if isinstance(value, float) else value


def test_there_are_cases() -> None:
    assert CASES
