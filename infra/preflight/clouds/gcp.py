"""Google Cloud, asked with the Application Default Credentials."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Literal

from llmdeploy.infra.preflight.clouds import gcp_quota, gcp_role
from llmdeploy.infra.preflight.clouds.errors import Denied, NoCredentials, Rejected, ServiceDisabled
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi, NotThere, google_api
from llmdeploy.infra.preflight.clouds.protocol import Held, Identity, Quota, QuotaName
from llmdeploy.infra.preflight.images import GCP_FAMILY, GCP_PROJECT

_COMPUTE: Final = "https://compute.googleapis.com/compute/v1/projects"
_MANAGER: Final = "https://cloudresourcemanager.googleapis.com/v1/projects"
_USAGE: Final = "https://serviceusage.googleapis.com/v1/projects"
_STORAGE: Final = "https://storage.googleapis.com/storage/v1/b"
_DNS: Final = "https://dns.googleapis.com/dns/v1/projects"
_BATCH: Final = 30
"""Services in one call of batchGet, at most (Service Usage discovery document)."""
_PERMISSIONS: Final = 100
"""Permissions in one call of testIamPermissions, at most."""
_STACK_LABEL: Final = "llmdeploy-stack"
_SPOT: Final = frozenset({"SPOT", "FLEX_START"})


def gcp_cloud(environ: Mapping[str, str] = os.environ) -> GcpCloud:
    """Google Cloud with the credentials and the project that the environment names.

    Raises:
        ExtraMissing: Google's client library is not installed.
        NoCredentials: there are none, or no project is named.
    """
    return GcpCloud(google_api(environ))


class GcpCloud:
    """A project of Google Cloud. See `protocol.Cloud`."""

    def __init__(self, api: GoogleApi) -> None:
        self._api = api
        self._compute = f"{_COMPUTE}/{api.project}"

    def identity(self) -> Identity:
        """The account of the credentials, which Google is asked to take."""
        # Who may not look at the project, or has not enabled the API for it, is known all the same.
        with suppress(Denied, ServiceDisabled):
            try:
                self._api.get(f"{_MANAGER}/{self._api.project}", "resourcemanager.projects.get")
            except NotThere as error:
                raise NoCredentials(
                    f"there is no project {self._api.project}", "set GOOGLE_CLOUD_PROJECT to one there is"
                ) from error
        return self._api.identity

    def denied(self) -> Sequence[str]:
        """Asked of projects.testIamPermissions."""
        wanted = gcp_role.permissions()
        return [
            each
            for start in range(0, len(wanted), _PERMISSIONS)
            for each in self._lacking(wanted[start : start + _PERMISSIONS])
        ]

    def disabled_services(self) -> Sequence[str]:
        """Asked of Service Usage."""
        wanted, enabled = gcp_role.services(), set[str]()
        for start in range(0, len(wanted), _BATCH):
            names = [
                f"names=projects/{self._api.project}/services/{each}"
                for each in wanted[start : start + _BATCH]
            ]
            answer = self._api.get(
                f"{_USAGE}/{self._api.project}/services:batchGet?{'&'.join(names)}",
                "serviceusage.services.get",
            )
            rows = answer.get("services", ())
            enabled.update(row["name"].rpartition("/")[2] for row in rows if row.get("state") == "ENABLED")
        return [each for each in wanted if each not in enabled]

    def region_state(self, location: str) -> Literal["enabled", "disabled", "unknown"]:
        """By the region's status."""
        try:
            status = self._region(location).get("status")
        except NotThere:
            return "unknown"
        return "enabled" if status == "UP" else "disabled"

    def quota(self, location: str, name: QuotaName) -> Quota | None:
        """From the region or the project where it is listed there, else from Cloud Quotas."""
        if name.code and name.metric:
            listed = (
                self._region(location) if location else self._api.get(self._compute, "compute.projects.get")
            )
            for row in listed.get("quotas", ()):
                if row["metric"] == name.metric:
                    pending = gcp_quota.pending(self._api, location, name)
                    return Quota(row["limit"], row["usage"], pending)
        return gcp_quota.quota(self._api, location, name)

    def held(self, location: str, stack: str) -> Held:
        """By the label that every resource of a stack has."""
        label = f"labels.{_STACK_LABEL}={stack}"
        found = [
            each
            for each in self._aggregated("instances", f"{label} AND status=RUNNING", "compute.instances.list")
            if _in_region(each["zone"], location)
        ]
        fleet = [each for each in found if each.get("scheduling", {}).get("onHostMaintenance") == "TERMINATE"]
        spot = sum(each["scheduling"].get("provisioningModel") in _SPOT for each in fleet)
        return Held(len(fleet) - spot, spot, networks=1 if found else 0)

    def zones_offering(self, location: str, instance: str) -> Sequence[str]:
        """From the machine types; for N1 machines, whose GPUs are apart, also from the accelerator types."""
        machine, _, accelerators = instance.partition("+")
        zones = self._zones_with("machineTypes", machine, location)
        if accelerators:
            gpu = f"nvidia-tesla-{accelerators.partition('x')[2]}"
            zones &= self._zones_with("acceleratorTypes", gpu, location)
        return sorted(zones)

    def machine_image(self, location: str) -> str:
        """The newest image of the family. Images are global."""
        url = f"{_COMPUTE}/{GCP_PROJECT}/global/images/family/{GCP_FAMILY}"
        try:
            return str(self._api.get(url, "compute.images.getFromFamily")["selfLink"])
        except NotThere:
            return ""

    def holds(self, location: str, bucket: str, prefix: str) -> bool:
        """By listing one object."""
        try:
            answer = self._api.get(
                f"{_STORAGE}/{bucket}/o", "storage.objects.list", prefix=prefix, maxResults="1"
            )
        except NotThere:
            return False
        return bool(answer.get("items"))

    def spot_score(self, location: str, instance: str, count: int) -> int | None:
        """Google has no such figure."""
        return None

    def public_zone(self, domain: str) -> str | None:
        """The longest of Cloud DNS's public zones that the domain ends in."""
        answer = self._api.get(f"{_DNS}/{self._api.project}/managedZones", "dns.managedZones.list")
        dotted = f".{domain.rstrip('.')}."
        fitting = [
            zone["dnsName"]
            for zone in answer.get("managedZones", ())
            if zone.get("visibility", "public") == "public" and dotted.endswith(f".{zone['dnsName']}")
        ]
        return str(max(fitting, key=len)).rstrip(".") if fitting else None

    def _lacking(self, wanted: Sequence[str]) -> list[str]:
        """One name that Google does not know has it reject all: halves find it, and it is left out."""
        url = f"{_MANAGER}/{self._api.project}:testIamPermissions"
        try:
            answer = self._api.post(url, "resourcemanager.projects.get", {"permissions": list(wanted)})
        except Rejected:
            if len(wanted) == 1:
                return []
            middle = len(wanted) // 2
            return self._lacking(wanted[:middle]) + self._lacking(wanted[middle:])
        granted = set(answer.get("permissions", ()))
        return [each for each in wanted if each not in granted]

    def _region(self, location: str) -> dict[str, Any]:
        return self._api.get(f"{self._compute}/regions/{location}", "compute.regions.get")

    def _zones_with(self, kind: str, name: str, location: str) -> set[str]:
        rows = self._aggregated(kind, f"name={name}", f"compute.{kind}.list")
        zones = {row["zone"].rpartition("/")[2] for row in rows}
        return {zone for zone in zones if _in_region(zone, location)}

    def _aggregated(self, kind: str, filter_: str, permission: str) -> Iterator[dict[str, Any]]:
        query = {"filter": filter_, "returnPartialSuccess": "true"}
        while True:
            answer = self._api.get(f"{self._compute}/aggregated/{kind}", permission, **query)
            for scope in answer.get("items", {}).values():
                yield from scope.get(kind, ())
            if not (token := answer.get("nextPageToken")):
                return
            query["pageToken"] = token


def _in_region(zone: str, location: str) -> bool:
    return zone.rpartition("/")[2].rpartition("-")[0] == location
