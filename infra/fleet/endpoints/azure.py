"""Deployments of Azure ML's online endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from llmdeploy.infra.fleet.endpoints.look import EndpointFacts, EndpointLook, missing
from llmdeploy.infra.preflight.clouds.azure_api import AzureApi, NotThere

VERSION: Final = "2025-09-01"
_READ: Final = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/read"
_SERVING: Final = frozenset({"Succeeded", "Updating", "Scaling"})
"""DeploymentProvisioningState (machinelearningservices): a deployment that changes goes on serving."""


def look_at(api: AzureApi, facts: EndpointFacts) -> EndpointLook:
    """The deployment as Azure tells of it. Which of its instances are well, it does not tell."""
    try:
        found = api.get(facts.endpoint, _READ, VERSION)
    except NotThere:
        return missing(facts)
    state = str((found.get("properties") or {}).get("provisioningState", ""))
    wanted = int((found.get("sku") or {}).get("capacity") or facts.least)
    serves = state in _SERVING
    return EndpointLook(
        running=wanted if serves else 0,
        wanted=wanted,
        serves=serves,
        trouble="" if serves else f"the deployment is {state or 'in no known state'}",
        created=_time(found),
    )


def _time(resource: Mapping[str, Any]) -> float | None:
    told = (resource.get("systemData") or {}).get("createdAt")
    return datetime.fromisoformat(told).timestamp() if told else None
