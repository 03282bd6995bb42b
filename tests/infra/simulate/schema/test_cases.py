"""Inputs in, every failure out, in order and in words: a case is a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from llmdeploy.infra.simulate.schema import UNKNOWN, check_inputs

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_case(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    found = check_inputs(case["token"], known(case["inputs"]))
    assert [f"{failure.property} {failure.reason}".strip() for failure in found] == case["failures"]


def known(value: Any) -> Any:
    """`<unknown>` stands for a value known only after `up`."""
    if value == "<unknown>":
        return UNKNOWN
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [known(item) for item in value]
    return value
