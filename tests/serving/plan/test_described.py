"""A case is the config.json of a model outside the catalog, and beside it what a plan says of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.models.description import Description
from llmdeploy.serving.plan.build import build_plan

CASES = sorted((Path(__file__).parent / "described").glob("*.json"))
MACHINE = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
SPEC = """\
name: chat
model: {id: acme/new, revision: v2}
framework: vllm
regions: [aws/us-east-1]
"""


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_config_that_cannot_be_is_one_problem_of_the_spec(case: Path) -> None:
    with pytest.raises(SpecErrors) as refused:
        planned(case)
    assert f"{refused.value}\n" == case.with_suffix(".errors").read_text()


def planned(case: Path) -> None:
    def describe(name: str, revision: str | None) -> Description:
        assert (name, revision) == ("acme/new", "v2")
        return Description(json.loads(case.read_text()), None, "config.json of acme/new on the hub")

    build_plan(parse_spec(SPEC, "chat.yaml"), MACHINE, describe=describe)


def test_there_are_cases() -> None:
    assert CASES
