"""A config.json that lies or lacks: each file holds one, and every problem that must be named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmdeploy.serving.models.config import MEND, read_config
from llmdeploy.serving.models.errors import BadModelFile

CASES = sorted((Path(__file__).parent / "bad_configs").glob("*.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_all_problems_are_named(case: Path) -> None:
    wanted = json.loads(case.read_text("utf-8"))
    with pytest.raises(BadModelFile) as raised:
        read_config("acme/model", wanted["config"], source="model/config.json")
    assert list(raised.value.problems) == wanted["problems"]
    assert str(raised.value) == "model/config.json: " + "; ".join(wanted["problems"]) + "; " + MEND
