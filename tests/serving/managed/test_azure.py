"""A case is a file: a spec, and what Azure ML is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.serving.managed.planned import CASES, endpoint_of

FILES = sorted(CASES.glob("azure-ml-*.yaml"))


@pytest.mark.parametrize("case", FILES, ids=lambda case: case.stem)
def test_a_spec_becomes_this_endpoint(case: Path) -> None:
    assert endpoint_of(case) == json.loads(case.with_suffix(".json").read_text("utf-8"))


def test_nothing_of_a_container_is_a_secret() -> None:
    for case in FILES:
        assert not set(endpoint_of(case)["container"]["environment"]) & {"HF_TOKEN", "API_KEY"}
