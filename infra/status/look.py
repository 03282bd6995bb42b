"""Looks at every process of a local deployment at once, and puts together what they say."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial

from llmdeploy.infra.provider import envoy, programs, supervisord
from llmdeploy.infra.provider.observe import GATEWAY
from llmdeploy.infra.provider.programs import Sight
from llmdeploy.infra.status import judge
from llmdeploy.infra.status.asking import Asking
from llmdeploy.infra.status.envoy_view import EntryCounts, HostView, entry_counts, host_views, view_at
from llmdeploy.infra.status.facts import DeploymentFacts, RegionFacts, ReplicaFacts
from llmdeploy.infra.status.fault_record import FaultRecord, left_behind
from llmdeploy.infra.status.page import Page, entry_open, replica_page
from llmdeploy.infra.status.report import DeploymentStatus, GatewayStatus, RegionStatus, ReplicaStatus
from llmdeploy.infra.status.restarts import restarts
from llmdeploy.infra.status.traffic import tokens_per_s

WITHIN_S = 2.5
"""Everything is asked at once; who has not answered by then is said not to answer."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was answered in time. A missing name did not answer."""

    sights: dict[str, Sight]
    pages: dict[str, Page]
    entries: dict[str, bool]
    supervisors: dict[str, int | None]
    hosts: dict[int, HostView] | None
    counts: EntryCounts | None
    left: FaultRecord | None


def deployment_status(facts: DeploymentFacts, previous: DeploymentStatus | None = None) -> DeploymentStatus:
    """How a deployment does now. Takes at most about three seconds, whatever hangs, and raises for no dead
    part.

    Args:
        previous: an earlier look, to measure tokens a second from.
    """
    seen = _look(facts)
    now = time.time()
    regions = tuple(_region(region, seen, previous, now) for region in facts.regions)
    gateway = _gateway(facts, seen)
    return DeploymentStatus(
        stack=facts.stack,
        model=facts.model,
        endpoint=facts.endpoint,
        spec="changed since up" if facts.spec_changed else "up to date",
        gateway=gateway,
        regions=regions,
        problems=judge.problems(gateway, regions, facts.spec_changed),
        looked_at=now,
    )


def _look(facts: DeploymentFacts) -> Seen:
    deadline = time.monotonic() + WITHIN_S
    run_dir = facts.run_dir
    sights = Asking(
        {r.name: partial(programs.look, r.folder, r.name) for r in facts.replicas}
        | {GATEWAY: partial(programs.look, run_dir / GATEWAY, envoy.PROGRAM)}
    )
    pages = Asking({r.name: partial(replica_page, r, facts.region(r.region).server) for r in facts.replicas})
    entries = Asking(
        {region.name: partial(entry_open, region.entry) for region in facts.regions if region.entry}
    )
    supervisors = Asking(
        {region.name: partial(supervisord.pid_of, region.folder) for region in facts.regions}
    )
    hosts = Asking({GATEWAY: partial(host_views, facts.balancers)})
    counts = Asking({GATEWAY: partial(entry_counts, run_dir)})
    return Seen(
        sights=sights.answers(deadline),
        pages=pages.answers(deadline),
        entries=entries.answers(deadline),
        supervisors=supervisors.answers(deadline),
        hosts=hosts.answers(deadline).get(GATEWAY),
        counts=counts.answers(deadline).get(GATEWAY),
        left=left_behind(run_dir),
    )


def _region(region: RegionFacts, seen: Seen, previous: DeploymentStatus | None, now: float) -> RegionStatus:
    exits = restarts(region.folder)
    earlier = {r.name: r for each in previous.regions for r in each.replicas} if previous else {}
    replicas = tuple(
        _with_rate(_replica(replica, seen, exits), earlier.get(replica.name), previous, now)
        for replica in region.replicas
    )
    # One without an entry of its own has none that could be closed.
    entry = not region.entry or seen.entries.get(region.name, False)
    left = seen.left if seen.left and seen.left.region == region.name else None
    return RegionStatus(
        name=region.name,
        health=judge.region_health(replicas, entry),
        server=region.server,
        weights=region.weights,
        substitution=region.substitution,
        entry=region.entry,
        entry_open=entry,
        supervisor=seen.supervisors.get(region.name),
        replicas=replicas,
        note=f"{left}; `llmdeploy up` mends it" if left else "",
        evacuated=region.evacuated,
    )


def _replica(replica: ReplicaFacts, seen: Seen, exits: dict[str, int]) -> ReplicaStatus:
    sight, page = seen.sights.get(replica.name), seen.pages.get(replica.name, Page("does not answer"))
    host = view_at(seen.hosts or {}, replica.seen_at)
    view = host.view if host else "unknown"
    health, state = judge.replica_health(sight, page.said, view)
    pid = sight.pid if sight else None
    return ReplicaStatus(
        name=replica.name,
        health=health,
        state=state,
        pid=pid,
        port=replica.port,
        restarts=exits.get(replica.name, 0),
        uptime_s=_uptime_s(pid),
        gateway=view,
        in_flight=host.in_flight if host else None,
        traffic=page.traffic,
        revision=replica.revision,
        role=replica.role,
    )


def _with_rate(
    replica: ReplicaStatus, earlier: ReplicaStatus | None, previous: DeploymentStatus | None, now: float
) -> ReplicaStatus:
    if replica.traffic is None or earlier is None or previous is None:
        return replica
    rate = tokens_per_s(replica.traffic, now, earlier.traffic, previous.looked_at)
    return replace(replica, traffic=replace(replica.traffic, tokens_per_s=rate))


def _gateway(facts: DeploymentFacts, seen: Seen) -> GatewayStatus:
    sight, counts = seen.sights.get(GATEWAY), seen.counts
    health, state = judge.gateway_health(sight, answers=seen.hosts is not None)
    pid = sight.pid if sight else None
    return GatewayStatus(
        health=health,
        state=state,
        pid=pid,
        restarts=restarts(facts.run_dir / GATEWAY).get(envoy.PROGRAM, 0),
        uptime_s=_uptime_s(pid),
        requests=counts.requests if counts else None,
        errors=counts.errors if counts else None,
        in_flight=counts.in_flight if counts else None,
        memory_mib=_memory_mib(pid),
    )


def _uptime_s(pid: int | None) -> float | None:
    import psutil

    try:
        return time.time() - psutil.Process(pid).create_time() if pid else None
    except psutil.NoSuchProcess:
        return None


def _memory_mib(pid: int | None) -> float | None:
    import psutil

    try:
        return float(psutil.Process(pid).memory_info().rss) / 2**20 if pid else None
    except psutil.NoSuchProcess:
        return None
