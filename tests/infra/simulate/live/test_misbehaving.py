"""The fault of one version's replicas."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.serving.gateway.test_clouds import plan_of

from llmdeploy.infra.replica.fault import VARIABLE
from llmdeploy.infra.simulate.errors import SimulationError
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.live.misbehaving import misbehaving
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.plan.stand_in import stand_in

MACHINE = Machine(cpus=8, memory_gib=8, gpus=0, vllm_python="", smollm2="cached")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    made = plan_of(tmp_path)
    return made.model_copy(update={"model": made.model.model_copy(update={"revision": "a09a35458c70"})})


@pytest.mark.parametrize(
    ("name", "region", "hit"),
    [
        ("", "", True),
        ("{tag}", "", True),
        ("{spec}", "", True),
        ("a09a35458c70", "", True),
        ("a09a", "", False),
        ("0.0.1", "", False),
        ("{spec}", "us-east-1", True),
        ("{spec}", "europe-west4", False),
    ],
)
def test_which_replicas_misbehave(plan: Plan, name: str, region: str, hit: bool) -> None:
    version = plan.regions[0]
    assert version.server.launch is not None
    told = name.format(tag=version.server.launch.tag, spec=plan.spec_digest[:7])
    faults = [Fault("misbehave", type="errors=0.2", name=told, region=region), Fault("quota", limit=1)]
    server = stand_in(plan, version, MACHINE)
    found = misbehaving(server, faults, plan, version).environment.get(VARIABLE)
    assert found == ("errors=0.2" if hit else None)


def test_a_fault_must_say_what_replicas_do() -> None:
    told = Fault.read({"kind": "misbehave", "type": "errors=0.2", "name": "3f2a91"})
    assert told.describe() == "replicas of 3f2a91 misbehave (errors=0.2), everywhere"
    with pytest.raises(SimulationError, match="does not say what replicas do wrong"):
        Fault.read({"kind": "misbehave"})
    with pytest.raises(LlmdeployError, match="'errors=2' is no fault of a replica"):
        Fault.read({"kind": "misbehave", "type": "errors=2"})
