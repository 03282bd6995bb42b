"""Looks at replicas that run on this machine: of local regions, or of a live simulation."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping, Sequence
from functools import partial

from llmdeploy.infra.provider.ports import HOST
from llmdeploy.infra.rollout.look import Arms, Look, ReplicaLook
from llmdeploy.infra.status.asking import Asking
from llmdeploy.infra.status.envoy_view import HostCounts, HostView, host_counts, host_views, view_at
from llmdeploy.infra.status.facts import DeploymentFacts, ReplicaFacts
from llmdeploy.infra.status.page import get_page
from llmdeploy.infra.status.restarts import restarts
from llmdeploy.infra.status.traffic import frameworks_of
from llmdeploy.serving.metrics.cumulative import cumulative
from llmdeploy.serving.metrics.exposition import Exposition
from llmdeploy.serving.metrics.places import names_of

PATIENCE_S = 1.0
"""A replica that does not tell its figures within this has none for this look."""


def look_here(facts: DeploymentFacts, arms: Arms) -> Look:
    """Ask the Envoys in front, and every replica for its figures, all at once."""
    region = facts.region(arms.region)
    known = {replica.name: replica for replica in region.replicas}
    wanted = [known[name] for name in (*arms.stable, *arms.canary) if name in known]
    pages = Asking({each.name: partial(_figures, each, region.server) for each in wanted})
    at = time.monotonic()
    counts, views = host_counts(facts.counters), host_views(facts.balancers) or {}
    told = pages.answers(at + PATIENCE_S)
    exits = restarts(region.folder)

    def seen(names: Sequence[str]) -> Mapping[str, ReplicaLook]:
        found, left = {}, dict(counts)
        for name in filter(known.__contains__, names):
            # What a gateway has counted of a version is laid to the first of its replicas.
            count = sum((left.pop(port, HostCounts()) for port in known[name].counted), HostCounts())
            found[name] = _replica(known[name], count, views, told.get(name), exits.get(name, 0))
        return found

    return Look(at, seen(arms.stable), seen(arms.canary))


class _Figures:
    """What a replica says of itself."""

    def __init__(self, text: str, framework: str) -> None:
        scrape, names = Exposition(text), names_of(framework)
        self.ttft = cumulative(scrape, names.time_to_first_token)
        self.tpot = cumulative(scrape, names.time_per_output_token)
        totals = [scrape.total(place.name, place.labels) for place in names.waiting]
        self.waiting = next((round(total) for total in totals if total is not None), None)


def _figures(replica: ReplicaFacts, server: str) -> _Figures | None:
    if not replica.metrics_path:
        return None
    try:
        status, text = get_page(HOST, replica.port, replica.metrics_path)
    except (OSError, http.client.HTTPException):
        return None
    if status != http.client.OK:
        return None
    for framework in frameworks_of(server):
        try:
            found = _Figures(text, framework)
        except ValueError:
            return None
        if found.ttft is not None or found.waiting is not None:
            return found
    return None


def _replica(
    replica: ReplicaFacts,
    counts: HostCounts,
    views: Mapping[int, HostView],
    figures: _Figures | None,
    exits: int,
) -> ReplicaLook:
    view = view_at(views, replica.seen_at)
    return ReplicaLook(
        counts=counts,
        ttft=figures.ttft if figures else None,
        tpot=figures.tpot if figures else None,
        waiting=figures.waiting if figures else None,
        serving=view is None or view.sent_to,
        restarts=exits,
    )
