"""What clouds say when they give no instance, and what is left of it: refusals.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from llmdeploy.infra.fleet.refusal import read_refusal

CASES = yaml.safe_load(Path(__file__).with_name("refusals.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_what_is_left_of_a_message(case: dict[str, Any]) -> None:
    refusal = read_refusal(case["message"], case.get("code", ""))
    assert (refusal.kind, str(refusal)) == (case["kind"], case["shown"])


def test_a_message_without_end_is_cut() -> None:
    assert len(str(read_refusal("word " * 1000))) <= 300
