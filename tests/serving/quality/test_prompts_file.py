"""A case is a file of prompts, named after its check: in good/ with its meaning, in bad/ with its errors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.quality import Gate, gate_problems, read_cases
from llmdeploy.serving.spec.evaluation import Evaluation

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.jsonl"))
BAD = sorted((HERE / "bad").glob("*.jsonl"))


def gate(prompts: Path | str, check: str = "exact", folder: Path = HERE) -> Gate:
    evaluation = Evaluation.model_construct(prompts=str(prompts), check=check)
    return Gate(evaluation, str(folder / "spec.yaml"), 6, 18, "rollout.eval.prompts")


def check_of(file: Path) -> str:
    named = re.match("exact|regex|json-schema|judge-endpoint", file.stem)
    assert named is not None
    return named[0]


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
def test_good_prompts_mean_their_cases(file: Path) -> None:
    cases = read_cases(gate(file, check_of(file)))
    wanted = json.loads(file.with_suffix(".json").read_text("utf-8"))
    measures = ("expect", "schema", "pattern", "criteria")
    told = [
        {"line": case.line, "prompt": case.prompt}
        | {key: getattr(case, key) for key in measures if getattr(case, key) not in ("", True)}
        for case in cases
    ]
    assert told == wanted


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_bad_prompts_give_exactly_their_errors(file: Path) -> None:
    with pytest.raises(SpecErrors) as raised:
        read_cases(gate(file, check_of(file)))
    told = str(raised.value).replace(f"{file.parent}/", "").replace(f"{HERE}/", "")
    assert f"{told}\n" == file.with_suffix(".errors").read_text("utf-8")


def test_a_file_that_is_not_there_is_told_where_the_spec_names_it(tmp_path: Path) -> None:
    with pytest.raises(SpecErrors) as raised:
        read_cases(gate("prompts/none.jsonl", folder=tmp_path))
    assert str(raised.value).replace(f"{tmp_path}/", "") == (
        "spec.yaml:6:18 rollout.eval.prompts: prompts/none.jsonl cannot be read: no such file or directory; "
        "name a file of prompts; its path is taken from the spec's folder"
    )


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "large.jsonl").open("wb") as large:
        large.truncate((16 << 20) + 1)
    with pytest.raises(SpecErrors, match="is larger than 16 MiB"):
        read_cases(gate("large.jsonl", folder=tmp_path))


def test_the_same_problem_of_two_environments_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "gate.jsonl").write_text("no\n")
    strict = Evaluation.model_construct(prompts="gate.jsonl", check="exact", min_pass=1.0)
    other = Gate(strict, str(tmp_path / "spec.yaml"), 9, 1, "environments.a.rollout.eval.prompts")
    assert len(gate_problems([gate("gate.jsonl", folder=tmp_path), other])) == 1
