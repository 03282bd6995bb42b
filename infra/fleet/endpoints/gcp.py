"""Vertex AI's endpoints and Cloud Run's services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from llmdeploy.infra.fleet.endpoints.look import EndpointFacts, EndpointLook, missing
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi, NotThere


def look_at(api: GoogleApi, location: str, facts: EndpointFacts) -> EndpointLook:
    """The endpoint as its service tells of it."""
    try:
        if facts.service == "cloud-run":
            url = f"https://run.googleapis.com/v2/{facts.endpoint}"
            return _cloud_run(api.get(url, "run.services.get"), facts)
        url = f"https://{location}-aiplatform.googleapis.com/v1/{facts.endpoint}"
        return _vertex(api.get(url, "aiplatform.endpoints.get"), facts)
    except NotThere:
        return missing(facts)


def _vertex(endpoint: Mapping[str, Any], facts: EndpointFacts) -> EndpointLook:
    """`deployedModels[].status.availableReplicaCount` says how many are up (aiplatform v1, DeployedModel)."""
    deployed = endpoint.get("deployedModels", ())
    if not deployed:
        return EndpointLook(0, facts.least, serves=False, trouble="no model is deployed on the endpoint")
    running = sum(int(each.get("status", {}).get("availableReplicaCount", 0)) for each in deployed)
    wanted = sum(int(each.get("dedicatedResources", {}).get("minReplicaCount", 0)) for each in deployed)
    told = next((str(message) for each in deployed if (message := each.get("status", {}).get("message"))), "")
    return EndpointLook(
        running, wanted, serves=running > 0, trouble="" if running else told, created=_time(endpoint)
    )


def _cloud_run(service: Mapping[str, Any], facts: EndpointFacts) -> EndpointLook:
    """Instances come and go as they are asked; the service says whether it is ready (run v2, Service)."""
    ready = service.get("terminalCondition", {})
    serves = ready.get("state") == "CONDITION_SUCCEEDED"
    return EndpointLook(
        facts.least if serves else 0,
        facts.least,
        serves=serves,
        trouble="" if serves else str(ready.get("message", "")),
        created=_time(service),
    )


def _time(resource: Mapping[str, Any]) -> float | None:
    told = resource.get("createTime")
    return datetime.fromisoformat(told).timestamp() if told else None
