"""Google Cloud's data sources."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from llmdeploy.infra.simulate.errors import CloudError
from llmdeploy.infra.simulate.lookups.ask import Answer, Ask
from llmdeploy.infra.simulate.offline import gcp

_COMPUTE: Final = "https://www.googleapis.com/compute/v1/"


def _zones(ask: Ask) -> dict[str, Any]:
    zones = gcp.zones(ask.region)
    if not zones:
        raise CloudError("notFound", f"Unknown region: {ask.region}")
    return {"names": list(zones), "region": ask.region, "project": ask.place.project, "id": ask.region}


def _regions(ask: Ask) -> dict[str, Any]:
    return {"names": list(gcp.regions()), "project": ask.place.project, "id": ask.place.project}


def _image(ask: Ask) -> dict[str, Any]:
    project = str(ask.args.get("project") or ask.place.project)
    family, name = ask.args.get("family"), ask.args.get("name")
    families = gcp.IMAGE_FAMILIES.get(project)
    if families is None:
        raise CloudError("notFound", f"The resource 'projects/{project}' was not found")
    if family and family not in families:
        known = ", ".join(families)
        raise CloudError(
            "notFound",
            f"The resource 'projects/{project}/global/images/family/{family}' was not found (known: {known})",
        )
    found = str(name) if name else f"{family}-v20260901"
    identity = f"projects/{project}/global/images/{found}"
    return {
        "id": identity,
        "name": found,
        "family": family or "",
        "project": project,
        "selfLink": _COMPUTE + identity,
        "imageId": str(int(hashlib.sha256(identity.encode()).hexdigest()[:15], 16)),
        "diskSizeGb": 50 if project == "deeplearning-platform-release" else 10,
        "status": "READY",
        "licenses": [],
        "labels": {},
    }


def _project(ask: Ask) -> dict[str, Any]:
    project = str(ask.args.get("projectId") or ask.place.project)
    if project != ask.place.project:
        raise CloudError("notFound", f"project: {project} not found")
    return {
        "projectId": project,
        "name": project,
        "number": ask.place.project_number,
        "id": f"projects/{project}",
        "labels": {},
    }


def _managed_zones(ask: Ask) -> dict[str, Any]:
    """Those of the settings, by their ids, and those that were made."""
    told = [
        (zone["id"], zone["name"], "private" if zone.get("private") else "public")
        for zone in ask.settings.get("hosted_zones", [])
    ]
    made = [
        (record.outputs["name"], record.outputs["dnsName"], record.outputs.get("visibility", "public"))
        for record in ask.store.of("gcp:dns/managedZone:ManagedZone")
    ]
    project = str(ask.args.get("project") or ask.place.project)
    zones = [
        {
            "id": f"projects/{project}/managedZones/{name}",
            "name": name,
            "dnsName": f"{dns_name.rstrip('.')}.",
            "visibility": visibility,
            "description": "",
            "managedZoneId": str(int(hashlib.sha256(name.encode()).hexdigest()[:15], 16)),
            "nameServers": [f"ns-cloud-a{number}.googledomains.com." for number in (1, 2, 3, 4)],
            "project": project,
        }
        for name, dns_name, visibility in [*told, *made]
    ]
    return {"id": f"projects/{project}/managedZones", "managedZones": zones, "project": project}


def _client(ask: Ask) -> dict[str, Any]:
    return {
        "project": ask.place.project,
        "region": ask.place.region,
        "zone": ask.place.zone,
        "accessToken": "simulated",
        "id": f"projects/{ask.place.project}",
        "defaultLabels": {},
    }


def _default_account(ask: Ask) -> dict[str, Any]:
    email = f"{ask.place.project_number}-compute@developer.gserviceaccount.com"
    return {
        "email": email,
        "member": f"serviceAccount:{email}",
        "name": f"projects/{ask.place.project}/serviceAccounts/{email}",
        "id": f"projects/{ask.place.project}/serviceAccounts/{email}",
        "project": ask.place.project,
    }


ANSWERS: Final[dict[str, Answer]] = {
    "gcp:compute/getDefaultServiceAccount:getDefaultServiceAccount": _default_account,
    "gcp:compute/getImage:getImage": _image,
    "gcp:compute/getRegions:getRegions": _regions,
    "gcp:compute/getZones:getZones": _zones,
    "gcp:dns/getManagedZones:getManagedZones": _managed_zones,
    "gcp:organizations/getClientConfig:getClientConfig": _client,
    "gcp:organizations/getProject:getProject": _project,
}
