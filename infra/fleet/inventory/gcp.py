"""Instances in Google Cloud: of managed groups, with what Compute Engine and load balancers say of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from statistics import fmean
from typing import Any, Final

from llmdeploy.infra.fleet.endpoints.gcp import look_at
from llmdeploy.infra.fleet.facts import GcpFleetFacts, read_facts
from llmdeploy.infra.fleet.inventory.instances import IN_SERVICE, CloudInstance, Inventory, wanted_of
from llmdeploy.infra.preflight.clouds.errors import CloudUnasked
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi
from llmdeploy.serving.node.request import METRICS

_COMPUTE: Final = "https://compute.googleapis.com/compute/v1/projects"
_LINKS: Final = "https://www.googleapis.com/compute/v1/projects"
_MONITORING: Final = "https://monitoring.googleapis.com/v3/projects"
_RECENT_S: Final = 300
"""Of the load, which nodes publish every 15 seconds (node/scripts/load.sh)."""
_SETTLED: Final = ("", "NONE")
_FIELDS: Final = "items(name,creationTimestamp,machineType,scheduling/provisioningModel)"


class GcpInventory:
    """See `instances.InventoryClient`."""

    def __init__(self, api: GoogleApi) -> None:
        self._api = api

    def inventory(self, location: str, facts: Mapping[str, Any], stack: str) -> Inventory:
        """The groups' instances; a spot instance that is still looked for is not one of them."""
        where = read_facts(GcpFleetFacts, facts)
        if where.endpoint is not None:
            return look_at(self._api, location, where.endpoint).inventory(where.endpoint)
        region = f"{where.project}/regions/{location}"
        managed = [each for group in where.groups for each in self._managed(region, group)]
        members = [each for each in managed if each.get("instanceStatus")]
        machines = self._machines(where.project, members)
        health = self._health(region, where) if members else {}
        loads = self._loads(where.project, location, stack) if members else {}
        return Inventory(
            wanted=wanted_of([self._size(region, group) for group in where.groups]),
            instances=tuple(
                _instance(each, machines.get(_name(each), {}), health.get(_name(each), ""), loads)
                for each in members
            ),
            load=fmean(loads.values()) if loads else None,
        )

    def _managed(self, region: str, group: str) -> list[dict[str, Any]]:
        answer = self._api.post(
            f"{_COMPUTE}/{region}/instanceGroupManagers/{group}/listManagedInstances",
            "compute.instanceGroupManagers.list",
            {},
        )
        return list(answer.get("managedInstances", ()))

    def _size(self, region: str, group: str) -> int:
        answer = self._api.get(
            f"{_COMPUTE}/{region}/instanceGroupManagers/{group}", "compute.instanceGroupManagers.get"
        )
        return int(answer.get("targetSize", 0))

    def _machines(self, project: str, members: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Name → instance, asked zone by zone."""
        names: dict[str, list[str]] = {}
        for each in members:
            names.setdefault(_zone(each), []).append(_name(each))
        return {
            found["name"]: found
            for zone, wanted in names.items()
            for found in self._api.get(
                f"{_COMPUTE}/{project}/zones/{zone}/instances",
                "compute.instances.list",
                filter=" OR ".join(f'(name = "{name}")' for name in wanted),
                fields=_FIELDS,
            ).get("items", ())
        }

    def _health(self, region: str, where: GcpFleetFacts) -> dict[str, str]:
        """Name → state, as the load balancer sees it."""
        url = f"{_COMPUTE}/{region}/backendServices/{where.backend}/getHealth"
        links = [f"{_LINKS}/{region}/instanceGroups/{group}" for group in where.groups]
        answers = [
            self._api.post(url, "compute.regionBackendServices.get", {"group": link}) for link in links
        ]
        rows = [row for answer in answers for row in answer.get("healthStatus", ())]
        return {row["instance"].rpartition("/")[2]: row.get("healthState", "") for row in rows}

    def _loads(self, project: str, location: str, stack: str) -> dict[str, float]:
        """Number of the instance → load. Good to know, and nothing more: without the permission it is left
        out.
        """
        end = datetime.now(UTC)
        wanted = (
            f'metric.type = "custom.googleapis.com/{METRICS["gcp"]}" AND metric.labels.stack = "{stack}" '
            f'AND resource.labels.zone = starts_with("{location}-")'
        )
        with suppress(CloudUnasked):
            answer = self._api.get(
                f"{_MONITORING}/{project}/timeSeries",
                "monitoring.timeSeries.list",
                **{
                    "filter": wanted,
                    "interval.startTime": (end - timedelta(seconds=_RECENT_S)).isoformat(),
                    "interval.endTime": end.isoformat(),
                },
            )
            measured = [series for series in answer.get("timeSeries", ()) if series.get("points")]
            # Points come with the newest first.
            return {
                each["resource"]["labels"]["instance_id"]: float(each["points"][0]["value"]["doubleValue"])
                for each in measured
            }
        return {}


def _instance(
    member: Mapping[str, Any], machine: Mapping[str, Any], health: str, loads: Mapping[str, float]
) -> CloudInstance:
    created = machine.get("creationTimestamp")
    model = machine.get("scheduling", {}).get("provisioningModel", "STANDARD")
    return CloudInstance(
        id=_name(member),
        zone=_zone(member),
        type=machine.get("machineType", "").rpartition("/")[2],
        purchase="spot" if model == "SPOT" else "on-demand",
        state=_state(member, health),
        launched=datetime.fromisoformat(created).timestamp() if created else None,
        load=loads.get(str(member.get("id", ""))),
    )


def _state(member: Mapping[str, Any], health: str) -> str:
    status, action = str(member.get("instanceStatus", "")), str(member.get("currentAction", ""))
    if status != "RUNNING":
        return status.lower()
    if health == "HEALTHY":
        return IN_SERVICE
    return action.lower() if action not in _SETTLED else health.lower() or "not checked yet"


def _name(member: Mapping[str, Any]) -> str:
    return str(member["instance"]).rpartition("/")[2]


def _zone(member: Mapping[str, Any]) -> str:
    return str(member["instance"]).rpartition("/zones/")[2].partition("/")[0]
