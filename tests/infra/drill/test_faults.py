"""Drills on real processes behind a real gateway: what clients see of each fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.infra.drill.world import deployment

from llmdeploy.infra.drill import DrillOptions, DrillProgress, DrillReport, Fault, Limits, run_drill
from llmdeploy.infra.status import DeploymentFacts, deployment_status

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SHORT = DrillOptions(seconds=6)


def healthy_again(facts: DeploymentFacts) -> bool:
    return deployment_status(facts).worst == "healthy"


def no_request_is_lost(report: DrillReport) -> None:
    assert report.failures == {}
    assert report.requests == sum(p.requests for p in (report.before, report.during, report.after))
    assert report.passed
    assert report.reasons == ()


def test_kill_a_region(two_regions: DeploymentFacts, tmp_path: Path) -> None:
    told: list[DrillProgress] = []
    report = run_drill(
        two_regions, Fault("kill", "local/a"), SHORT, Limits(0, 30), locks=tmp_path, on_progress=told.append
    )
    no_request_is_lost(report)
    assert report.replicas == ("a-0",)
    assert report.entry == two_regions.region("local/a").entry
    assert set(report.before.answers) >= {"local/a"}
    assert report.during.answers.get("local/b", 0) > 0
    assert report.after.answers.get("local/a", 0) > 0
    assert report.last_served_s is None
    assert report.detected_s is not None
    assert 0 < report.detected_s < report.outage_s
    assert report.recovered_s is not None
    assert report.seen_healthy_s is not None
    assert report.broken_streams <= report.workers
    assert next(p.phase for p in told if p.phase != "check") == "before"
    assert {p.phase for p in told} == {"check", "before", "fault", "heal", "after"}
    assert told[-1].requests > 0
    assert told[-1].failed == 0
    assert healthy_again(two_regions)


def test_hang_a_region(two_regions: DeploymentFacts, tmp_path: Path) -> None:
    report = run_drill(two_regions, Fault("hang", "a"), SHORT, Limits(0), locks=tmp_path)
    no_request_is_lost(report)
    assert report.during.answers.get("local/b", 0) > 0
    assert report.detected_s is not None
    assert report.recovered_s is not None
    assert report.longest_gap_s >= report.usual_gap_s
    assert healthy_again(two_regions)


def test_slow_down_a_region(two_regions: DeploymentFacts, tmp_path: Path) -> None:
    report = run_drill(two_regions, Fault("slow", "a"), SHORT, Limits(0), locks=tmp_path)
    no_request_is_lost(report)
    assert report.before.latencies.p50_s is not None
    assert report.during.latencies.p50_s is not None
    assert report.during.latencies.p50_s > report.before.latencies.p50_s
    assert report.during.answers.get("local/a", 0) > 0
    assert healthy_again(two_regions)


def test_kill_a_replica_beside_another(tmp_path: Path) -> None:
    with deployment(tmp_path, regions=("local/a",), replicas=2) as facts:
        pid = deployment_status(facts).regions[0].replicas[0].pid
        report = run_drill(facts, Fault("kill", replica="a-0"), SHORT, Limits(0), locks=tmp_path)
        no_request_is_lost(report)
        assert report.replicas == ("a-0",)
        assert report.recovered_s is not None
        status = deployment_status(facts)
        assert status.worst == "healthy"
        first, second = status.regions[0].replicas
        assert first.pid != pid
        assert (first.restarts, second.restarts) == (1, 0)


def test_limits_say_what_was_passed(two_regions: DeploymentFacts, tmp_path: Path) -> None:
    options = DrillOptions(seconds=5, workers=2)
    report = run_drill(two_regions, Fault("hang", "b"), options, Limits(0, 0.0001), locks=tmp_path)
    assert not report.passed
    assert report.reasons == (f"no answer for {report.longest_gap_s:.2f} s, 0.0001 s are allowed",)
    document = json.loads(json.dumps(report.document()))
    assert document["ok"] is False
    assert document["during"]["answers"] == report.during.answers
