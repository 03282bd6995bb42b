"""What simulated resources hold: the gateways' files, keys, certificates, and what DNS answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from llmdeploy.infra.simulate.live.authority import Authority
from llmdeploy.infra.simulate.live.balancer import Tls
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.topology import Name
from llmdeploy.serving.gateway.relays import PUBLIC_AUTHORITIES
from llmdeploy.serving.node.sidecar import FILE_LIST, listed_files
from llmdeploy.serving.plan.model import RegionPlan

PREFIX = "gateway/"
_OBJECTS = {"aws:s3/bucketObjectv2:BucketObjectv2": "key", "aws:s3/bucketObject:BucketObject": "key"}
_GCP_OBJECT = "gcp:storage/bucketObject:BucketObject"
_SECRETS = {
    "aws:secretsmanager/secretVersion:SecretVersion": "secretString",
    "gcp:secretmanager/secretVersion:SecretVersion": "secretData",
}
_OWN = {
    "aws:acm/certificate:Certificate": ("certificateBody", "privateKey"),
    "gcp:compute/sSLCertificate:SSLCertificate": ("certificate", "privateKey"),
}


def region_of(record: Record) -> str:
    """`us-east-1`, `europe-west4`; empty for what is global."""
    found = record.region or str(record.inputs.get("region") or "")
    return found.rpartition("/")[2]


def gateway_files(records: Iterable[Record], region: RegionPlan) -> dict[str, str]:
    """The files of a region's gateway, by name, in the order of their list; none while that is not there."""
    found: dict[str, str] = {}
    buckets = _buckets(records)
    for record in records:
        key = str(record.inputs.get(_OBJECTS.get(record.token, "name")) or "")
        here = region_of(record) or buckets.get(str(record.inputs.get("bucket")), "")
        if record.token in {*_OBJECTS, _GCP_OBJECT} and key.startswith(PREFIX) and here == region.location:
            found[key.removeprefix(PREFIX)] = str(record.inputs.get("content", ""))
    listed = listed_files(found.pop(FILE_LIST, ""))
    return {name: found[name] for name in listed if name in found}


def _buckets(records: Iterable[Record]) -> dict[str, str]:
    """The region of each of Google's buckets, whose objects do not say theirs."""
    return {
        str(record.outputs.get("name")): str(record.inputs.get("location", "")).lower()
        for record in records
        if record.token == "gcp:storage/bucket:Bucket"  # noqa: S105
    }


def keys(records: Iterable[Record]) -> dict[str, str]:
    """The keys by client, as the clouds' secret holds them."""
    for record in records:
        text = str(record.inputs.get(_SECRETS.get(record.token, ""), ""))
        if text.startswith("{"):
            return {str(name): str(key) for name, key in json.loads(text).items()}
    return {}


def own_certificates(records: Iterable[Record]) -> str:
    """The certificates (PEM) that were given rather than signed by an authority, each once."""
    found = [
        str(record.inputs.get(_OWN[record.token][0]) or "") for record in records if record.token in _OWN
    ]
    return "".join(dict.fromkeys(found))


def tls_of(front: Record, records: Iterable[Record], authority: Authority) -> Tls:
    """What a front ends TLS with: a certificate that it was given; else one that the simulation has
    signed, as Amazon or Google would.
    """
    given = [
        Tls(str(record.inputs[certificate]), str(record.inputs[key]))
        for record in records
        if record.token in _OWN and record.package == front.package
        for certificate, key in [_OWN[record.token]]
        if record.inputs.get(key)
    ]
    if given:
        return given[0]
    domains = [
        str(record.inputs["domainName"])
        for record in records
        if record.token == "aws:acm/certificate:Certificate" and record.inputs.get("domainName")  # noqa: S105
    ]
    domains += [
        str(domain)
        for record in records
        if record.token == "gcp:certificatemanager/certificate:Certificate"  # noqa: S105
        for domain in (record.inputs.get("managed") or {}).get("domains") or []
    ]
    return authority.sign(tuple(dict.fromkeys(domains)))


def trusting(objects: Mapping[str, str], authority: Authority) -> dict[str, str]:
    """The files, with the simulation's authority in the place of the public ones."""
    return {
        name: text.replace(PUBLIC_AUTHORITIES, str(authority.certificate_file))
        for name, text in objects.items()
    }


def private_answers(
    names: Iterable[Name], records: Iterable[Record], region: RegionPlan, host: str
) -> frozenset[str]:
    """What the private DNS of a region's network answers."""
    found: set[str] = set()
    locations = _zone_locations(records)
    for name in names:
        if not name.private or name.name != host or name.record.package != region.provider:
            continue
        if locations.get(str(name.record.inputs.get("zoneId")), region.location) != region.location:
            continue
        found |= {value.rstrip(".") for value in name.values}
        for geo in name.policy.get("geos") or []:
            if geo.get("location") == region.location:
                found |= set(geo.get("rrdatas") or [])
    return frozenset(found)


def _zone_locations(records: Iterable[Record]) -> dict[str, str]:
    """The region of each private zone of AWS: that of its network. Google's span theirs."""
    return {
        str(record.outputs.get("zoneId")): str(record.inputs["vpcs"][0].get("vpcRegion"))
        for record in records
        if record.token == "aws:route53/zone:Zone" and record.inputs.get("vpcs")  # noqa: S105
    }
