"""The live simulation as a stack of its own: real replicas and Envoys for a topology written by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.infra.provider.plans import REPLICA_SERVER
from tests.serving.gateway.live import wait_until
from tests.serving.gateway.test_clouds import HERE, NEXT, THIRD, plan_of

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.home import Home, home_from_environment
from llmdeploy.infra.provider import observe, processes
from llmdeploy.infra.provider.certificate import CertificateResource
from llmdeploy.infra.provider.work import Work
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.simulate.live.balancer import HealthCheck, Tls
from llmdeploy.infra.simulate.live.program import deploy_live
from llmdeploy.infra.simulate.live.topology import (
    LiveBalancer,
    LiveGateway,
    LiveRegion,
    LiveTopology,
    LiveVersion,
)
from llmdeploy.infra.state.backend import Backend
from llmdeploy.serving.gateway import cloud
from llmdeploy.serving.gateway.files import TRUSTED_FILE, trusted_text
from llmdeploy.serving.plan.model import Plan, ServerPlan

CHECK = HealthCheck("/health", 0.3, 2, 1)
KEYS = {cloud.CLIENT: "sk-canary-client", cloud.PEER: "sk-canary-peer"}
SERVER = ServerPlan(
    kind="custom",
    command=("{python}", str(REPLICA_SERVER), "--port", "{port}", "--name", "{name}"),
    weights="random",
    health_path="/health",
    metrics_path="/metrics",
    concurrency=4,
    startup_timeout_s=30,
    drain_timeout_s=1,
)


def topology(plan: Plan, replicas: int = 1) -> LiveTopology:
    """What a right set of cloud resources for the plan would come to."""
    name = cloud.front_name(plan.name, None)
    made = CertificateResource().create({"names": (name,)}, Work(print))
    tls = Tls(made["certificate"], made["private_key"])
    regions = tuple(_region(plan, region.name, tls, replicas) for region in plan.regions)
    fronts = tuple((f"{region.name} front",) for region in plan.regions)
    over_tls = HealthCheck("/health", 0.3, 2, 1, tls=True)
    return LiveTopology(
        regions=regions,
        front=(LiveBalancer("accelerator", fronts, over_tls, layer="tcp", moving=True),),
        entry="accelerator",
        entries={region.name: f"{region.name} front" for region in plan.regions},
        server_name=name,
        trusted=made["certificate"],
    )


def _region(plan: Plan, region: str, tls: Tls, replicas: int) -> LiveRegion:
    location = region.rpartition("/")[2]
    names = tuple(f"{location}-{index}" for index in range(replicas))
    peers = {
        (cloud.peer_host(plan.name, other.name), cloud.FRONT_PORT): f"{other.name} front"
        for other in plan.regions
    }
    return LiveRegion(
        name=region,
        versions=(LiveVersion(names, "3f2a91c04b7e", SERVER),),
        balancers=(
            LiveBalancer(f"{region} fleet", (names,), CHECK, moving=True),
            LiveBalancer(f"{region} front", ((f"{region} gateway",),), CHECK, tls=tls),
        ),
        gateway=LiveGateway(
            symbol=f"{region} gateway",
            objects={
                **cloud.gateway_objects(plan, plan.region(region), None),
                TRUSTED_FILE: trusted_text(tls.certificate),
            },
            secret=KEYS,
            hosts={
                ("0.0.0.0", cloud.ENTRY_PORT): f"{region} gateway",
                (cloud.fleet_host(plan.name), cloud.FLEET_PORT): f"{region} fleet",
                **peers,
            },
        ),
    )


class Live:
    """A live simulation in a home of its own."""

    def __init__(self, root: Path) -> None:
        cache = home_from_environment().cache
        engine = find_engine(cache)
        assert engine, "no engine: run `make engine`"
        self.home = Home(root / "home", cache)
        self.run_dir = root / "run"
        self.runner = Runner(self.home, engine, Backend(self.home.state.as_uri()), "llmdeploy-live")

    def up(self, wanted: LiveTopology) -> Any:
        done = self.runner.up("chat", partial(deploy_live, wanted, self.run_dir), refresh=True)
        wait_until(lambda: "starting" not in self._statuses(), "supervisord's first second is over")
        return done

    def _statuses(self) -> set[str]:
        return {process.status for process in observe.deployment_processes(self.run_dir)}

    def outputs(self) -> dict[str, Any]:
        return self.runner.outputs("chat")

    def chat(self, url: str, key: str = KEYS[cloud.CLIENT]) -> httpx.Response:
        body = {"model": "chat", "messages": [{"role": "user", "content": "hi"}]}
        headers = {"authorization": f"Bearer {key}"}
        return httpx.post(f"{url}/chat/completions", json=body, headers=headers, timeout=10)

    def wait_answered_by(self, url: str, region: str) -> None:
        """Wait until requests to this address are answered in the region."""
        deadline = time.monotonic() + 20
        while (answer := self.chat(url)).headers.get("x-llmdeploy-region") != region:
            assert time.monotonic() < deadline, (region, answer.status_code, answer.headers, answer.text)
            time.sleep(0.1)

    def close(self) -> None:
        observe.sweep(self.run_dir)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    found = Live(tmp_path)
    yield found
    found.close()


@pytest.mark.slow
def test_a_topology_serves_loses_a_fleet_is_mended_and_goes(live: Live, tmp_path: Path) -> None:
    wanted = topology(plan_of(tmp_path))
    live.up(wanted)
    outputs = live.outputs()
    assert set(outputs["entries"]) == {HERE, NEXT, THIRD}
    for region, url in outputs["entries"].items():
        live.wait_answered_by(url, region)
    live.wait_answered_by(outputs["endpoint"], HERE)
    assert live.chat(outputs["endpoint"], "sk-wrong").status_code == 401

    assert live.up(wanted).counts.changed == 0

    fleet = live.run_dir / "us-east-1"
    for process, _ in (*processes.supervisors(fleet), *processes.marked_processes(fleet)):
        process.kill()
    live.wait_answered_by(outputs["endpoint"], NEXT)

    assert live.up(wanted).counts.changed > 0
    live.wait_answered_by(outputs["endpoint"], HERE)

    more = topology(plan_of(tmp_path), replicas=2)
    live.up(more)
    assert len(live.outputs()["replicas"]) == 6

    state = "".join(path.read_text() for path in live.home.state.rglob("*.json"))
    assert "sk-canary" not in state
    assert "PRIVATE KEY" not in state

    live.runner.destroy("chat")
    assert not list(processes.marked_processes(live.run_dir))
    assert not live.run_dir.exists() or not list(live.run_dir.iterdir())
