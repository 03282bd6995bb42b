"""All that is rendered for vLLM and SGLang passes through their own argument parsers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from tests.serving.frameworks.cases import CASES, launch_of
from tests.serving.frameworks.matrix import combinations_tried
from tests.serving.frameworks.real_parsers import MISSING, PYTHON, verdicts

from llmdeploy.serving.frameworks.launch import Launch

pytestmark = [
    pytest.mark.skipif(not PYTHON.is_file(), reason=MISSING),
    pytest.mark.timeout(280),
]


def launches_of(server: str) -> dict[str, Launch]:
    """Every valid combination and every case of a server."""
    found = {
        str(one): one.launch() for one in combinations_tried() if one.server == server and not one.problems()
    }
    for case in CASES:
        name, launch = launch_of(case)
        if name == server:
            found[case.stem] = launch
    return found


def test_vllm_parses_what_it_is_given() -> None:
    served = {name: list(launch.start_command) for name, launch in launches_of("vllm").items()}
    engines = {name: model_json(launch) for name, launch in launches_of("triton-vllm").items()}
    wrong = [
        ["x", "--swap-space", "4"],
        ["x", "--max-lora-rank", "48"],
        ["x", "--quantization", "bitsandbytes"],
        ["x", "--speculative-config", '{"method":"ngram","tokens":4}'],
        ["x", "--speculative-config", '{"method":"guess","num_speculative_tokens":4}'],
        {"model": "x", "tensor_paralel_size": 2},
    ]
    assert_parsed("vllm", {**served, **engines}, wrong)


def test_sglang_parses_what_it_is_given() -> None:
    served = {name: list(launch.start_command[2:]) for name, launch in launches_of("sglang").items()}
    wrong = [["--model-path", "x", "--kv-cache-dtype", "fp8"], ["--model-path", "x", "--no-such-flag"]]
    assert_parsed("sglang", served, wrong)


def assert_parsed(parser: str, commands: dict[str, Any], wrong: Sequence[Any]) -> None:
    """All commands pass, and what must not pass does not: a parser that takes anything proves nothing."""
    assert len(commands) >= 200
    said = verdicts(parser, [*commands.values(), *wrong])
    assert len(said) == len(commands) + len(wrong)
    assert {name: error for name, error in zip(commands, said, strict=False) if error} == {}
    assert None not in said[len(commands) :]


def model_json(launch: Launch) -> dict[str, Any]:
    """The engine arguments in Triton's model repository."""
    file = next(file for file in launch.files if file.path.endswith("/model.json"))
    found: dict[str, Any] = json.loads(file.content)
    return found
