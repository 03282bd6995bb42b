"""What the clouds refuse, in their words: cases/*.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.infra.simulate.laboratory import Laboratory

from llmdeploy.infra.simulate.errors import CloudError

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_bad_in_error_out(file: Path, tmp_path: Path) -> None:
    case = yaml.safe_load(file.read_text())
    laboratory = Laboratory(tmp_path)
    for name, given in case["given"].items():
        laboratory.make(name, given["type"], given["inputs"])
    count = len(laboratory.store.all())

    assert {each["what"]: _error(laboratory, each) for each in case["refused"]} == {
        each["what"]: each.get("error") for each in case["refused"]
    }
    assert len(laboratory.store.all()) == count

    for index, each in enumerate(case["accepted"]):
        assert _error(laboratory, each, f"good-{index}") is None


def _error(laboratory: Laboratory, case: dict[str, Any], name: str = "bad") -> str | None:
    try:
        laboratory.make(name, case["type"], case["inputs"])
    except CloudError as error:
        return error.problem
    return None
