"""What status says of a real deployment, healthy and with each of its parts broken."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from tests.infra.drill.world import wait_until

from llmdeploy.infra.load import LoadShape, generate_load
from llmdeploy.infra.provider import processes
from llmdeploy.infra.status import DeploymentFacts, DeploymentStatus, deployment_status

pytestmark = pytest.mark.engine

REQUESTS = 20
TOKENS = 8


def send_requests(facts: DeploymentFacts) -> None:
    shape = LoadShape(
        url=facts.region("local/b").entry,
        model=facts.model,
        key=facts.api_key,
        workers=2,
        requests=REQUESTS,
        max_tokens=TOKENS,
    )
    run = asyncio.run(generate_load(shape))
    assert [record.error for record in run.records if not record.ok] == []


def _thread_state(stat: Path) -> str:
    """The letter after the name, which may hold blanks and brackets."""
    return stat.read_text().rpartition(")")[2].split()[0]


@contextmanager
def suspended(pid: int | None) -> Iterator[None]:
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    # A thread that is at work stops when the kernel comes to it, which on a busy machine takes its time.
    threads = [thread / "stat" for thread in Path(f"/proc/{pid}/task").iterdir()]
    wait_until(lambda: all(_thread_state(stat) == "T" for stat in threads), "stopped")
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def kill(pid: int | None) -> None:
    process = psutil.Process(pid)
    process.kill()
    wait_until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE, "killed")


def quick_status(facts: DeploymentFacts) -> DeploymentStatus:
    """A look, which must not take long whatever hangs. The bound leaves a busy machine twice the promise."""
    began = time.monotonic()
    status = deployment_status(facts)
    assert time.monotonic() - began < 6
    return status


def test_healthy(facts: DeploymentFacts) -> None:
    first = deployment_status(facts)
    assert first.healthy
    assert first.problems == ()
    assert first.spec == "up to date"
    assert first.gateway.memory_mib is not None
    assert 10 < first.gateway.memory_mib < 200
    for region in first.regions:
        assert (region.server, region.weights) == ("llama.cpp", "random")
        assert region.substitution == "vllm → llama.cpp on this machine (no GPU)"
        assert region.entry_open
        [replica] = region.replicas
        assert (replica.health, replica.state, replica.gateway) == ("healthy", "ready", "healthy")
        assert replica.pid is not None
        assert psutil.Process(replica.pid).ppid() == region.supervisor
        assert replica.restarts == 0
        assert replica.uptime_s is not None
        assert 0 < replica.uptime_s < 300

    send_requests(facts)
    second = deployment_status(facts, previous=first)
    [a], [b] = (region.replicas for region in second.regions)
    assert a.traffic is not None
    assert b.traffic is not None
    assert a.traffic.requests == {"success": 0}
    assert b.traffic.requests == {"success": REQUESTS}
    assert b.traffic.generated_tokens == REQUESTS * TOKENS
    assert (b.traffic.running, b.traffic.waiting, b.in_flight) == (0, 0, 0)
    assert a.traffic.tokens_per_s == 0
    assert b.traffic.tokens_per_s == pytest.approx(
        REQUESTS * TOKENS / (second.looked_at - first.looked_at), rel=0.01
    )
    for low, high in (
        (b.traffic.ttft_p50_s, b.traffic.ttft_p95_s),
        (b.traffic.token_p50_s, b.traffic.token_p95_s),
    ):
        assert low is not None
        assert high is not None
        assert 0 < low <= high
    assert (second.gateway.requests, second.gateway.errors) == (REQUESTS, 0)

    document = json.loads(json.dumps(second.document()))
    assert (document["ok"], document["worst"]) == (True, "healthy")
    assert document["regions"][1]["replicas"][0]["traffic"]["requests"] == {"success": REQUESTS}


def test_spec_changed(facts: DeploymentFacts) -> None:
    status = deployment_status(replace(facts, spec_changed=True))
    assert status.spec == "changed since up"
    assert status.worst == "healthy"
    assert not status.healthy
    assert status.problems == ("the spec has changed since `up`; another `llmdeploy up` brings the change",)


def test_replica_that_crashed_and_came_back(facts: DeploymentFacts) -> None:
    before = deployment_status(facts).region("local/a").replicas[0]
    kill(before.pid)
    wait_until(lambda: deployment_status(facts).worst == "healthy", "healthy again")
    after = deployment_status(facts).region("local/a").replicas[0]
    assert after.pid != before.pid
    assert after.restarts == 1


def test_replica_that_hangs(facts: DeploymentFacts) -> None:
    with suspended(deployment_status(facts).region("local/a").replicas[0].pid):
        wait_until(
            lambda: deployment_status(facts).region("local/a").replicas[0].gateway == "unhealthy",
            "seen by the gateway",
        )
        status = quick_status(facts)
        assert status.worst == "degraded"
        assert status.problems == ("a-0: suspended",)
        region = status.region("local/a")
        assert (region.health, region.entry_open) == ("down", True)
        assert region.replicas[0].traffic is None
        assert status.region("local/b").health == "healthy"


def test_supervisord_that_is_killed(facts: DeploymentFacts) -> None:
    kill(deployment_status(facts).region("local/a").supervisor)
    status = quick_status(facts)
    region = status.region("local/a")
    assert region.supervisor is None
    assert (region.replicas[0].health, region.replicas[0].state) == ("degraded", "ready, but unsupervised")
    assert status.problems == (
        "local/a: no supervisord runs, so nothing is started anew that ends",
        "a-0: ready, but unsupervised",
    )


def test_supervisord_that_hangs(facts: DeploymentFacts) -> None:
    with suspended(deployment_status(facts).region("local/a").supervisor):
        status = quick_status(facts)
    assert status.problems == ("a-0: ready, but its supervisord does not answer",)
    assert status.worst == "degraded"


def test_gateway_that_hangs(facts: DeploymentFacts) -> None:
    with suspended(deployment_status(facts).gateway.pid):
        status = quick_status(facts)
    assert status.worst == "down"
    assert (status.gateway.health, status.gateway.state) == ("down", "suspended")
    assert status.gateway.requests is None
    for region in status.regions:
        assert not region.entry_open
        assert region.replicas[0].gateway == "unknown"
        assert region.replicas[0].state == "ready"


def test_nothing_left(facts: DeploymentFacts) -> None:
    for process, _ in (
        *processes.supervisors(facts.run_dir),
        *processes.marked_processes(facts.run_dir),
    ):
        process.kill()
    wait_until(lambda: not list(processes.marked_processes(facts.run_dir)), "killed")
    status = quick_status(facts)
    assert status.worst == "down"
    assert all(region.health == "down" for region in status.regions)
    assert "gateway: not running" in status.problems
    assert "a-0: not running" in status.problems
    assert f"local/b: its entry {facts.region('local/b').entry} is closed" in status.problems
