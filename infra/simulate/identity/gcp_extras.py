"""Outputs that only Google Cloud's own conventions explain, by type of resource.

Source: the reference of each API and the outputs' descriptions in pulumi-gcp 10.2.0; written down 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from llmdeploy.infra.simulate.identity.guess import address
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.identity.seed import Seed

Fields: TypeAlias = Mapping[str, Any]
Extra: TypeAlias = Callable[[Fields, Seed, Place], dict[str, Any]]


def changed(token: str, old: Fields, news: Fields) -> dict[str, Any]:
    """Outputs that an update makes new."""
    if "fingerprint" in old:
        return {"fingerprint": Seed(str(old["fingerprint"]), 1).hex("fingerprint", 12)}
    return {}


def _group_manager(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    region = str(fields.get("region", "")).rpartition("/")[2]
    base = f"https://www.googleapis.com/compute/v1/projects/{fields['project']}/regions/{region}"
    return {"instanceGroup": f"{base}/instanceGroups/{fields['name']}", **_named(fields, seed, place)}


def _zonal_group_manager(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    zone = str(fields.get("zone", "")).rpartition("/")[2]
    base = f"https://www.googleapis.com/compute/v1/projects/{fields['project']}/zones/{zone}"
    return {"instanceGroup": f"{base}/instanceGroups/{fields['name']}"}


def _named(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    return {"fingerprint": seed.hex("fingerprint", 12), "creationTimestamp": "2026-01-01T00:00:00.000-08:00"}


def _account(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    email = f"{fields.get('accountId', '')}@{fields['project']}.iam.gserviceaccount.com"
    return {
        "email": email,
        "member": f"serviceAccount:{email}",
        "name": f"projects/{fields['project']}/serviceAccounts/{email}",
        "uniqueId": str(10**20 + seed.number("unique", 10**20)),
    }


def _bucket(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    name = fields["name"]
    return {
        "url": f"gs://{name}",
        "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}",
        "projectNumber": int(place.project_number),
    }


def _address(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    if fields.get("address"):
        return {}
    return {"address": address("address", seed)}


def _forwarding_rule(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    given = str(fields.get("ipAddress") or "")
    return {} if given else {"ipAddress": address("address", seed)}


def _secret_version(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    version = str(seed.generation + 1)
    return {"version": version, "name": f"{fields.get('secret', '')}/versions/{version}"}


def _repository(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    host = f"{fields.get('location', '')}-docker.pkg.dev/{fields['project']}"
    return {"registryUri": f"{host}/{fields.get('repositoryId', '')}", "name": fields.get("repositoryId", "")}


def _zone(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    servers = [f"ns-cloud-a{number}.googledomains.com." for number in range(1, 5)]
    return {"nameServers": servers, "managedZoneId": str(seed.number("zone", 10**18))}


def _dns_authorization(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    domain = str(fields.get("domain", ""))
    record = {
        "name": f"_acme-challenge.{domain}.",
        "type": "CNAME",
        "data": f"{seed.hex('dns', 32)}.authorize.certificatemanager.goog.",
    }
    return {"dnsResourceRecords": [record]}


def _subnetwork(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    block = str(fields.get("ipCidrRange", ""))
    start, _, _ = block.rpartition(".")
    return {"gatewayAddress": f"{start}.1"} if start else {}


def _cloud_run(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    """The address that holds a hash and the region's short name."""
    letters = "".join(word[0] for word in str(fields.get("location", "")).split("-"))
    uri = f"https://{fields['name']}-{seed.hex('uri', 10)}-{letters}.a.run.app"
    return {
        "uri": uri,
        "urls": [uri],
        "generation": "1",
        "observedGeneration": "1",
        "latestReadyRevision": f"{fields['name']}-00001-{seed.hex('revision', 3)}",
        "terminalConditions": [{"type": "Ready", "state": "CONDITION_SUCCEEDED"}],
    }


EXTRAS: Final[dict[str, Extra]] = {
    "gcp:artifactregistry/repository:Repository": _repository,
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": _dns_authorization,
    "gcp:cloudrunv2/service:Service": _cloud_run,
    "gcp:compute/address:Address": _address,
    "gcp:compute/forwardingRule:ForwardingRule": _forwarding_rule,
    "gcp:compute/globalAddress:GlobalAddress": _address,
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": _forwarding_rule,
    "gcp:compute/instanceGroupManager:InstanceGroupManager": _zonal_group_manager,
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager": _group_manager,
    "gcp:compute/subnetwork:Subnetwork": _subnetwork,
    "gcp:dns/managedZone:ManagedZone": _zone,
    "gcp:secretmanager/secretVersion:SecretVersion": _secret_version,
    "gcp:serviceaccount/account:Account": _account,
    "gcp:storage/bucket:Bucket": _bucket,
}
