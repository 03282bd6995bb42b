"""A real deployment for tests: supervisord, Envoy and embedded replicas, started by the provider's own
resources without the Pulumi engine. Everything it started is gone when the block ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from llmdeploy.infra.provider.gateway import GatewayResource
from llmdeploy.infra.provider.observe import GATEWAY, sweep
from llmdeploy.infra.provider.replica import ReplicaInputs, ReplicaResource
from llmdeploy.infra.provider.supervisor import SupervisorResource
from llmdeploy.infra.provider.work import Work
from llmdeploy.infra.status import DeploymentFacts, deployment_facts
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan, RegionPlan

OFFLINE = Machine(cpus=2, memory_gib=8, gpus=0, vllm_python="", smollm2="missing")
"""Replicas with random weights: they load in under a second and fetch nothing."""
KEY = "sk-drill-3c71"
SPEC = """\
name: chat
model: HuggingFaceTB/SmolLM2-135M-Instruct
framework: vllm
regions: [{regions}]
scaling: {{min: {replicas}, max: {replicas}}}
"""


@contextmanager
def deployment(
    folder: Path, regions: tuple[str, ...] = ("local/a", "local/b"), replicas: int = 1
) -> Iterator[DeploymentFacts]:
    """A deployment with all its replicas healthy, under `folder`."""
    plan = plan_of(folder, regions, replicas)
    run_dir = folder / "run" / plan.stack_name
    try:
        yield deployment_facts(plan, run_dir, up(plan, run_dir))
    finally:
        sweep(run_dir)


def plan_of(folder: Path, regions: tuple[str, ...], replicas: int) -> Plan:
    """The plan of a small spec, on a machine without the network."""
    spec = folder / "chat.yaml"
    spec.write_text(SPEC.format(regions=", ".join(regions), replicas=replicas))
    return build_plan(load_spec(spec, None), OFFLINE)


def up(plan: Plan, run_dir: Path) -> dict[str, Any]:
    """Bring the plan up, and return what the stack's outputs would be (stacks/program.py)."""
    work = Work(lambda line: None)
    started = dict[str, dict[str, Any]]()
    with ThreadPoolExecutor() as pool:
        for found in pool.map(lambda region: _region_up(region, run_dir, work), plan.regions):
            started |= found
    gateway = _gateway_up(plan, run_dir, started, work)
    return {
        "spec_digest": plan.spec_digest,
        "model": plan.model.model_dump(mode="json"),
        "endpoint": gateway["endpoints"][plan.regions[0].name],
        "entries": gateway["endpoints"],
        "api_key": KEY,
        "servers": {
            r.name: {
                "kind": r.server.kind,
                "weights": r.server.weights,
                "substitution": r.server.substitution,
            }
            for r in plan.regions
        },
        "replicas": started,
    }


def wait_until(true: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait for something that must come true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)


def _region_up(region: RegionPlan, run_dir: Path, work: Work) -> dict[str, dict[str, Any]]:
    folder = run_dir / region.location
    SupervisorResource().create({"folder": str(folder)}, work)
    return {name: _replica_up(region, name, folder, work) for name in region.replica_names}


def _replica_up(region: RegionPlan, name: str, folder: Path, work: Work) -> dict[str, Any]:
    server = region.server
    inputs = ReplicaInputs(
        folder=str(folder),
        name=name,
        region=region.name,
        command=server.command,
        environment=server.environment,
        weights=server.weights,
        health_path=server.health_path,
        startup_timeout_s=server.startup_timeout_s,
        drain_timeout_s=2,
    )
    outputs = ReplicaResource().create(inputs.model_dump(), work)
    return {
        "region": region.name,
        "port": outputs["port"],
        "log": outputs["log"],
        "metrics_path": server.metrics_path,
    }


def _gateway_up(plan: Plan, run_dir: Path, started: dict[str, dict[str, Any]], work: Work) -> dict[str, Any]:
    folder = str(run_dir / GATEWAY)
    SupervisorResource().create({"folder": folder}, work)
    inputs = {
        "folder": folder,
        "plan": plan.gateway.model_dump(mode="json"),
        "regions": [{"name": r.name, "weight": r.weight, "failover": list(r.failover)} for r in plan.regions],
        "backends": [
            {"region": found["region"], "replica": name, "host": "127.0.0.1", "port": found["port"]}
            for name, found in started.items()
        ],
        "entries": [region.name for region in plan.regions],
        "api_keys": {"default": KEY},
        "startup_timeout_s": 60,
        "drain_timeout_s": 1,
    }
    return dict(GatewayResource().create(inputs, work))
