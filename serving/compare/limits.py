"""What no spec can change of a way to run it."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.compare.comparison import Way
from llmdeploy.serving.plan.model import Plan, RegionPlan

SHOWN = ("payload", "answer", "stream", "start", "cold start", "failover")
"""Those of managed-services.yaml that are compared, in this order."""
MIB = 2**20


def limits_of(way: Way) -> dict[str, str]:
    """The limits by their titles. Of replicas of one's own they are the gateway's, and the start's."""
    if way.service is not None:
        facts = managed_service(way.service).facts
        return {title: facts[title].text for title in SHOWN}
    if way.plan is None or way.name != "self-hosted":
        return {}
    return _own(way.plan)


def _own(plan: Plan) -> dict[str, str]:
    gateway = plan.gateway
    slowest = max(_minutes(region) for region in plan.regions)
    answer = f"an answer within {gateway.request_timeout_s:,.0f} s"
    silent = f"a stream is ended after {gateway.stream_idle_s:,.0f} s of silence"
    others = (
        "requests go on to the next region by themselves" if len(plan.regions) > 1 else "one region alone"
    )
    payload = gateway.overload.max_request_bytes / MIB
    return {
        "payload": f"a request up to {payload:.0f} MiB: the gateway's, which all have",
        "answer": answer,
        "stream": silent if gateway.stream_idle_s else answer,
        "start": "as long as the plan gives it, an hour in Google's cloud",
        "cold start": f"about {slowest:.0f} minutes for each further replica; at least one always runs",
        "failover": others,
    }


def _minutes(region: RegionPlan) -> float:
    return region.startup.expected_s / 60 if region.startup is not None else 0.0
