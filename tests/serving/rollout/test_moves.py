"""A case is a rollout and every state of its stack; where it turns back, those of the way back too.

Each state is one line: the move, then a region after the other: its own version (`old`, `new`) in its slot
with its replicas, and what stands beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan, RegionPlan
from llmdeploy.serving.rollout.capacity import answering, emptied, standstill
from llmdeploy.serving.rollout.change import changed_regions
from llmdeploy.serving.rollout.compose import composed, flipped
from llmdeploy.serving.rollout.moves import begun, moves, turned_back
from llmdeploy.serving.rollout.packed import PackedPlan
from llmdeploy.serving.rollout.progress import Progress
from llmdeploy.serving.rollout.standing import Standing
from llmdeploy.serving.spec.rollout import Rollout

CASES = sorted((Path(__file__).parent / "moves").glob("*.yaml"))
MACHINE = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
SPEC = """\
name: chat
model: {{id: HuggingFaceTB/SmolLM2-135M-Instruct, context_length: {context}}}
framework: vllm
regions: [{regions}]
"""


def plan_of(regions: dict[str, int], context: int) -> Plan:
    told = ", ".join(f"{{name: local/{name}, scaling: {count}}}" for name, count in regions.items())
    return build_plan(parse_spec(SPEC.format(context=context, regions=told), "chat.yaml"), MACHINE)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_moves(case: Path) -> None:
    told = yaml.safe_load(case.read_text())
    assert states(told) == told["states"]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_the_last_replicas_never_go(case: Path) -> None:
    for _, plan in course(yaml.safe_load(case.read_text())):
        assert sum(map(answering, plan.regions)) > 0


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_move_survives_the_state(case: Path) -> None:
    for progress, _ in course(yaml.safe_load(case.read_text())):
        assert Progress.model_validate_json(progress.model_dump_json(exclude_defaults=True)) == progress


def test_a_packed_plan_is_the_plan() -> None:
    plan = plan_of({"a": 2, "b": 1}, 1024)
    bare = plan.model_copy(update={"decisions": (), "warnings": ()})
    assert PackedPlan.of(plan).plan() == bare
    assert PackedPlan.of(plan) == PackedPlan.of(bare)


def test_one_replica_without_a_spare_gpu_would_leave_nobody() -> None:
    alone = {"regions": {"a": 1}, "rollout": {"steps": [100], "surge": 0}}
    stable, target, standing = versions(alone)
    first = begun(2, stable, target, ("local/a",), Rollout.model_validate(alone["rollout"]))
    found = standstill(first, stable, target, standing)
    assert found is not None
    assert found.phase == "drain"
    assert standstill(first.model_copy(update={"phase": "prepare"}), stable, target, standing) is None


def test_a_region_that_loses_its_last_replica_is_named() -> None:
    told = {"regions": {"a": 1, "b": 1}, "rollout": {"steps": [100], "surge": 0}}
    stable, _, _ = versions(told)
    assert emptied(stable, course(told)[0][1]) == ("local/a",)


def states(told: dict[str, Any]) -> list[str]:
    """All states in words, the last one after the rollout."""
    found = [shown(progress.phase, plan, told) for progress, plan in course(told)]
    stable, target, standing = versions(told)
    if told.get("turned_back_at") is None:
        end = flipped(standing, stable, target).applied(target)
        return [*found, shown("end", end, told, "new")]
    return [*found, shown("end", standing.applied(stable), told, "old")]


def course(told: dict[str, Any]) -> list[tuple[Progress, Plan]]:
    stable, target, standing = versions(told)
    asked = Rollout.model_validate(told.get("rollout") or {})
    first = begun(2, stable, target, changed_regions(stable, target), asked)
    every = list(moves(first, stable, target))
    at = told.get("turned_back_at")
    if at is not None:
        every = every[: at + 1]
        every += moves(turned_back(every[at], "bad", stable, target), stable, target)
    return [(progress, composed(stable, target, progress, standing)) for progress in every]


def versions(told: dict[str, Any]) -> tuple[Plan, Plan, Standing]:
    stable = plan_of(told["regions"], 1024)
    target = plan_of(told.get("new_regions") or told["regions"], 2048)
    return stable, target, Standing.model_validate(told.get("standing") or {})


def shown(phase: str, plan: Plan, told: dict[str, Any], all_of: str = "") -> str:
    regions = " | ".join(region_shown(region, all_of) for region in plan.regions)
    return f"{phase}: {regions}"


def region_shown(region: RegionPlan, all_of: str) -> str:
    text = f"{region.location} {all_of or version(region)} {region.slot} {region.min_replicas}"
    if region.beside is None:
        return text
    beside = region.beside
    role = "" if beside.role == "canary" else " former"
    share = f" at {beside.percent} %{' copied' if beside.mirrored else ''}" if beside.role == "canary" else ""
    return f"{text} +{role} {version(beside.region)} {beside.region.slot} {beside.region.min_replicas}{share}"


def version(region: RegionPlan) -> str:
    return "new" if region.revision else "old"


def test_a_version_that_load_has_made_larger_is_not_replaced_by_a_small_one() -> None:
    stable, target, standing = versions({"regions": {"a": 1}})
    stable, target = (
        plan.model_copy(update={"regions": (plan.regions[0].model_copy(update={"max_replicas": 8}),)})
        for plan in (stable, target)
    )
    asked = Rollout.model_validate({"steps": [50, 100]})
    first = begun(2, stable, target, ("local/a",), asked, running={"local/a": 5})
    found = [
        shown(progress.phase, composed(stable, target, progress, standing), {})
        for progress in moves(first, stable, target)
    ]
    assert found == [
        "prepare: a old blue 1 + new green 3 at 0 %",
        "shift: a old blue 1 + new green 3 at 50 %",
        "grow: a old blue 1 + new green 5 at 50 %",
        "shift: a old blue 1 + new green 5 at 100 %",
        "promote: a new green 1 + former old blue 1",
        "retire: a new green 1",
    ]
