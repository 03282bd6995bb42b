"""Whether a change of adapters is done by calls to running replicas or needs a restart of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.review.adapters import adapter_changes
from llmdeploy.serving.review.difference import differences
from llmdeploy.serving.review.summary import PlanSummary, summarise

WITH_VLLM = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="/opt/vllm/bin/python", smollm2="cached")
LEGAL = "{name: legal, source: acme/legal}"
MEDICAL = "{name: medical, source: acme/medical, rank: 8}"
WIDE = "{name: wide, source: acme/wide, rank: 64}"
NO_CHANGE: list[tuple[str, str, str, bool]] = []


def summary(adapters: str, more: str = "runtime_adapters: true") -> PlanSummary:
    text = (
        f"name: chat\nmodel: {{id: acme/tiny, adapters: [{adapters}], {more}}}\n"
        f"framework: vllm\nhardware: {{gpu: none}}\nregions: [local/a]\n"
    )
    return summarise(build_plan(parse_spec(text, str(Path("chat.yaml"))), WITH_VLLM))


def changed(before: PlanSummary, after: PlanSummary) -> list[tuple[str, str, str, bool]]:
    return [(each.what, each.before, each.after, each.rollout) for each in differences(before, after)]


def test_within_the_room_replicas_are_told_of_each() -> None:
    assert changed(summary(LEGAL), summary(MEDICAL)) == [
        ("adapter legal", "acme/legal", "unloaded at run time on every replica", False),
        ("adapter medical", "", "acme/medical, loaded at run time on every replica", False),
    ]
    other = LEGAL.replace("acme/legal", "acme/legal-2")
    assert changed(summary(LEGAL), summary(other)) == [
        ("adapter legal", "acme/legal", "acme/legal-2, loaded at run time on every replica", False)
    ]
    assert changed(summary(LEGAL), summary(LEGAL)) == NO_CHANGE


def test_a_higher_rank_needs_a_restart() -> None:
    assert changed(summary(LEGAL), summary(f"{LEGAL}, {WIDE}")) == [
        ("room for adapters", "4 of rank up to 16", "4 of rank up to 64", True),
        ("adapter wide", "", "acme/wide", True),
    ]


def test_more_adapters_than_there_is_room_for_need_a_restart() -> None:
    four, five = (
        ", ".join(f"{{name: a{index}, source: acme/a{index}}}" for index in range(count)) for count in (4, 5)
    )
    room, adapter = changed(summary(four), summary(five))
    assert room == ("room for adapters", "4 of rank up to 16", "8 of rank up to 16", True)
    assert adapter[0] == "adapter a4"


@pytest.mark.parametrize("adapters", [f"{LEGAL}, {WIDE}", LEGAL, ""])
def test_room_that_the_spec_says_itself_stays(adapters: str) -> None:
    said = "runtime_adapters: {most: 2, rank: 64}"
    before, after = summary(MEDICAL, said), summary(adapters, said)
    assert after.adapter_room == before.adapter_room
    assert not any(each.rollout for each in differences(before, after))


def test_a_preview_says_it_in_a_line() -> None:
    assert [str(each) for each in adapter_changes(summary(LEGAL), summary(MEDICAL))] == [
        "adapter legal: unloaded at run time on every replica",
        "adapter medical: acme/medical, loaded at run time on every replica",
    ]
    assert [str(each) for each in adapter_changes(summary(LEGAL), summary(f"{LEGAL}, {WIDE}"))] == [
        (
            "room for adapters: 4 of rank up to 16 → 4 of rank up to 64: a restart, "
            "as the running replicas have other room for adapters"
        ),
        "adapter wide: none → acme/wide: a restart, as the running replicas have other room for adapters",
    ]
    none = "runtime_adapters: false"
    assert [str(each) for each in adapter_changes(summary("", none), summary(LEGAL, none))] == [
        "adapters: none → legal from acme/legal: a restart, as replicas list them when they start"
    ]


def test_without_runtime_adapters_every_change_is_a_restart() -> None:
    none = "runtime_adapters: false"
    assert changed(summary(LEGAL, none), summary(f"{LEGAL}, {MEDICAL}", none)) == [
        ("adapters", "legal from acme/legal", "legal from acme/legal, medical from acme/medical", True)
    ]
    assert changed(summary("", none), summary("")) == [
        ("adapters", "", "none; they come and go while replicas run", True)
    ]
