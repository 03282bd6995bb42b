"""Plans with start-up budgets that a test can wait for, and clouds that answer what a test says."""

from __future__ import annotations

import tempfile
import textwrap
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from llmdeploy.infra.fleet import FleetClient, FleetClients, FleetLook
from llmdeploy.infra.fleet.refusal import Refusal
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan

AWS, GCP = "aws/us-east-1", "gcp/europe-west4"
FACTS: dict[str, dict[str, Any]] = {
    AWS: {"account": "1", "groups": ["fleet"], "target_group": "arn:fleet", "bucket": "b"},
    GCP: {"project": "acme", "groups": ["pool"], "backend": "backend", "bucket": "b"},
}
OUTPUTS = {"regions": FACTS}
NO_CAPACITY = Refusal("InsufficientInstanceCapacity", "no g6.xlarge in us-east-1a")
_BASE = """\
name: chat
model: {id: meta-llama/Llama-3.1-8B-Instruct, context_length: 8192}
framework: vllm
quantization: fp8
"""
_MACHINE = Machine(cpus=2, memory_gib=8, gpus=0, vllm_python="", smollm2="missing")


def make_plan(lines: str, budget_s: int = 60) -> Plan:
    """The plan of the base above and the lines given. `budget_s`: every region's start-up budget."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "spec.yaml"
        spec.write_text(_BASE + textwrap.dedent(lines))
        plan = build_plan(load_spec(spec), _MACHINE, Path(folder))
    regions = []
    for region in plan.regions:
        assert region.startup is not None
        startup = region.startup.model_copy(update={"timeout_s": budget_s})
        regions.append(region.model_copy(update={"startup": startup}))
    return plan.model_copy(update={"regions": tuple(regions)})


TWO = f"""\
regions: [{AWS}, {GCP}]
hardware: {{gpu: l4}}
scaling: {{min: 2, max: 3}}
"""


def look(healthy: int, launched: int | None = None, **more: Any) -> FleetLook:
    """Two gateways, and as many replicas."""
    given = {"gateways_healthy": 2, **more}
    return FleetLook(healthy if launched is None else launched, healthy, **given)


Answer = FleetLook | Exception | Callable[[], FleetLook]


@dataclass
class FakeFleets:
    """Answers by location, one after the other, the last for ever; an exception is raised."""

    answers: dict[str, list[Answer]]
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, location: str, facts: Mapping[str, Any]) -> FleetLook:
        with self.lock:
            self.asked.append((location, facts))
            answers = self.answers[location]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, FleetLook) else answer()


def clients(aws: list[Answer], gcp: list[Answer] | None = None) -> FleetClients:
    """Both clouds, each with one region."""
    fake: FleetClient = FakeFleets({"us-east-1": aws, "europe-west4": gcp or [look(2)]})
    return {"aws": lambda: fake, "gcp": lambda: fake}


def plain_client(service: str, region: str, **more: Any) -> Any:
    """boto3, with credentials that mean nothing."""
    return boto3.client(service, region_name=region, aws_access_key_id="a", aws_secret_access_key="b", **more)
