"""Drills that are not begun, each with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.infra.drill.world import plan_of

from llmdeploy.infra.drill import DrillOptions, DrillRefused, Fault, run_drill
from llmdeploy.infra.status import DeploymentFacts, deployment_facts

CASES = {
    "unknown region": (Fault("kill", "local/c"), "chat has no region 'local/c'; did you mean local/b?"),
    "unknown short region": (Fault("kill", "bb"), "chat has no region 'bb'; did you mean local/b?"),
    "no region": (Fault("hang", ""), "chat has no region ''; use one of local/a, local/b"),
    "unknown replica": (Fault("hang", replica="a-1"), "chat has no replica 'a-1'; did you mean a-0?"),
    "not together": (
        Fault("slow", "local/b", "a-0"),
        "a-0 is in local/a, not in local/b; name one of the two only",
    ),
}


def facts_of(folder: Path, *regions: str) -> DeploymentFacts:
    """A deployment of which nothing runs."""
    plan = plan_of(folder, regions, replicas=1)
    outputs = {
        "spec_digest": plan.spec_digest,
        "model": {"served_name": "chat"},
        "endpoint": "http://127.0.0.1:1/v1",
        "entries": dict.fromkeys(regions, "http://127.0.0.1:1/v1"),
        "servers": {r: {"kind": "llama.cpp", "weights": "random", "substitution": ""} for r in regions},
        "replicas": {
            f"{region[-1]}-0": {"region": region, "port": 1, "metrics_path": "/metrics"} for region in regions
        },
    }
    return deployment_facts(plan, folder / "run", outputs)


@pytest.mark.parametrize("case", CASES)
def test_names(tmp_path: Path, case: str) -> None:
    fault, message = CASES[case]
    with pytest.raises(DrillRefused) as refused:
        run_drill(facts_of(tmp_path, "local/a", "local/b"), fault, locks=tmp_path)
    assert str(refused.value) == message


@pytest.mark.parametrize("fault", [Fault("kill", "local/a"), Fault("hang", replica="a-0")])
def test_total_outage(tmp_path: Path, fault: Fault) -> None:
    with pytest.raises(DrillRefused) as refused:
        run_drill(facts_of(tmp_path, "local/a"), fault, locks=tmp_path)
    assert refused.value.problem == (
        f"{fault.replica or fault.region} is all that chat has: nothing would be left to take over"
    )


@pytest.mark.parametrize("allowed", [Fault("slow", "local/a"), Fault("kill", "local/a")])
def test_not_healthy_at_the_start(tmp_path: Path, allowed: Fault) -> None:
    """Reached by a slow fault of the only region, which is no outage, and by an outage that was allowed."""
    options = DrillOptions(allow_total_outage=allowed.kind == "kill")
    with pytest.raises(DrillRefused) as refused:
        run_drill(facts_of(tmp_path, "local/a"), allowed, options, locks=tmp_path)
    assert refused.value.problem.startswith("chat is not healthy: gateway: not running; ")
    assert "a-0: not running" in refused.value.problem
