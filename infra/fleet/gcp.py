"""Fleets in Google Cloud: regional managed instance groups, and what load balancers say of their health."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from llmdeploy.infra.fleet.client import FleetLook, VersionLook
from llmdeploy.infra.fleet.endpoints.gcp import look_at
from llmdeploy.infra.fleet.facts import GcpFleetFacts, GcpVersionFacts, read_facts
from llmdeploy.infra.fleet.refusal import Refusal, read_refusal
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi

_COMPUTE: Final = "https://compute.googleapis.com/compute/v1/projects"
_LINKS: Final = "https://www.googleapis.com/compute/v1/projects"
"""How resources are named in a request's body."""
_GIVEN: Final = frozenset({"STAGING", "RUNNING"})
"""They have their hardware; PROVISIONING ones still look for it (Compute Engine, instance life cycle)."""
_CREATING: Final = frozenset({"CREATING", "CREATING_WITHOUT_RETRIES", "RECREATING"})


class GcpFleets:
    """See `client.FleetClient`."""

    def __init__(self, api: GoogleApi) -> None:
        self._api = api

    def look(self, location: str, facts: Mapping[str, Any]) -> FleetLook:
        """The groups and the health of their instances; where instances are missing, also why."""
        where = read_facts(GcpFleetFacts, facts)
        region = f"{where.project}/regions/{location}"
        own = self._version(region, where)
        return FleetLook(
            launched=own.launched,
            healthy=own.healthy,
            gateways_healthy=self._gateways(region, where.gateway_group) if where.gateway_group else None,
            refusal=own.refusal,
            trouble=own.trouble,
            beside=self._version(region, where.beside) if where.beside else None,
        )

    def _version(self, region: str, where: GcpVersionFacts) -> VersionLook:
        if where.endpoint is not None:
            return look_at(self._api, region.rpartition("/")[2], where.endpoint).version
        managed = {name: self._managed(region, name) for name in where.groups}
        states = self._health(region, where)
        unhealthy = sum(state == "UNHEALTHY" for state in states.values())
        return VersionLook(
            launched=sum(_is_given(each) for group in managed.values() for each in group),
            healthy=sum(state == "HEALTHY" for state in states.values()),
            refusal=self._refusal(region, managed),
            trouble=_failing(unhealthy) if unhealthy else "",
        )

    def _managed(self, region: str, group: str) -> list[dict[str, Any]]:
        answer = self._api.post(
            f"{_COMPUTE}/{region}/instanceGroupManagers/{group}/listManagedInstances",
            "compute.instanceGroupManagers.list",
            {},
        )
        return list(answer.get("managedInstances", ()))

    def _health(self, region: str, where: GcpVersionFacts) -> dict[str, str]:
        """Instance → state, as the load balancer sees it."""
        url = f"{_COMPUTE}/{region}/backendServices/{where.backend}/getHealth"
        links = [f"{_LINKS}/{region}/instanceGroups/{group}" for group in where.groups]
        answers = [
            self._api.post(url, "compute.regionBackendServices.get", {"group": link}) for link in links
        ]
        rows = [row for answer in answers for row in answer.get("healthStatus", ())]
        return {row["instance"]: row.get("healthState", "") for row in rows}

    def _gateways(self, region: str, group: str) -> int:
        """By the check that heals them, which asks whether Envoy listens. A managed group and its instance
        group have one name.
        """
        return sum(_is_well(each) for each in self._managed(region, group.rpartition("/")[2]))

    def _refusal(self, region: str, managed: Mapping[str, Iterable[Mapping[str, Any]]]) -> Refusal | None:
        """Of the last group that is refused one: what the fallback is refused too is what is missing."""
        for name in reversed(list(managed)):
            missing = [
                each
                for each in managed[name]
                if not _is_given(each) and each.get("currentAction") in _CREATING
            ]
            if missing and (found := _last_attempt(missing) or self._last_error(region, name)):
                return found
        return None

    def _last_error(self, region: str, group: str) -> Refusal | None:
        answer = self._api.get(
            f"{_COMPUTE}/{region}/instanceGroupManagers/{group}/listErrors",
            "compute.instanceGroupManagers.get",
        )
        found = [
            each
            for each in answer.get("items", ())
            if each.get("instanceActionDetails", {}).get("action", "CREATING") in _CREATING
        ]
        newest = max(found, key=lambda each: str(each.get("timestamp", "")), default=None)
        return _refusal_of(newest["error"]) if newest else None


def _last_attempt(instances: Iterable[Mapping[str, Any]]) -> Refusal | None:
    errors = (
        error
        for each in instances
        for error in each.get("lastAttempt", {}).get("errors", {}).get("errors", ())
    )
    first = next(errors, None)
    return _refusal_of(first) if first else None


def _refusal_of(error: Mapping[str, Any]) -> Refusal:
    return read_refusal(str(error.get("message", "")), str(error.get("code", "")))


def _is_given(instance: Mapping[str, Any]) -> bool:
    return instance.get("instanceStatus") in _GIVEN


def _is_well(instance: Mapping[str, Any]) -> bool:
    states = [each.get("detailedHealthState") for each in instance.get("instanceHealth", ())]
    return instance.get("instanceStatus") == "RUNNING" and all(state == "HEALTHY" for state in states)


def _failing(count: int) -> str:
    return f"{count} replica{'s' * (count != 1)} failed the load balancer's check"
