"""What a managed region declares for SageMaker, broken in one place: what the simulated AWS then refuses."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from scripts.mutate import Program, mutations

from llmdeploy.infra.simulate.checks.table import problems_of
from llmdeploy.infra.simulate.schema import check_inputs
from llmdeploy.infra.simulate.store import Store

CASES = Path(__file__).parents[2] / "modules" / "aws" / "cases"
OF_ENDPOINTS = ("aws:sagemaker/", "aws:appautoscaling/")
COUNT = 300


def programs() -> list[Program]:
    """The resources of an endpoint, as the goldens of `modules/aws` have them."""
    cases = [json.loads(file.read_text("utf-8")) for file in sorted(CASES.glob("managed*.json"))]
    return [
        (each["type"], each["inputs"])
        for case in cases
        for each in case
        if each["type"].startswith(OF_ENDPOINTS) and each["name"].endswith("-endpoint")
    ]


def test_what_is_declared_is_taken() -> None:
    found = programs()
    assert len({token for token, _ in found}) == 5
    assert [failure for token, inputs in found for failure in check_inputs(token, inputs)] == []


def test_nearly_all_that_is_broken_is_refused(tmp_path: Path) -> None:
    store, made, passed = Store(tmp_path), Counter[str](), list[str]()
    for mutation in mutations(programs(), COUNT, seed=1):
        made[mutation.kind] += 1
        if not check_inputs(mutation.token, mutation.inputs) and not _refused(store, mutation):
            passed.append(f"{mutation.kind}: {mutation.token} {mutation.path}")
    assert made.total() >= 150
    assert len(passed) <= 0.05 * made.total(), "\n".join(passed)


@pytest.mark.parametrize("token", ["aws:sagemaker/model:Model"])
def test_what_is_declared_passes_the_clouds_own_checks(token: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    for kind, inputs in programs():
        if kind == token:
            assert problems_of(kind, inputs, "us-east-1", store, planned=True) == []


def _refused(store: Store, mutation: Any) -> bool:
    return bool(problems_of(mutation.token, mutation.inputs, "us-east-1", store, planned=True))
