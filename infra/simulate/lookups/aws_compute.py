"""AWS's data sources about zones, machines, images and quotas."""

from __future__ import annotations

from typing import Any, Final

from llmdeploy.infra.simulate.errors import CloudError
from llmdeploy.infra.simulate.fleet.quota import AWS_CODES
from llmdeploy.infra.simulate.lookups.ask import Answer, Ask, filtered
from llmdeploy.infra.simulate.lookups.aws_filters import any_matches, known_region
from llmdeploy.infra.simulate.offline import aws

_DEFAULT_QUOTA: Final = 1000000.0
"""vCPUs: the simulated account has room unless a fault says otherwise."""


def _zones(ask: Ask) -> dict[str, Any]:
    region = known_region(ask.region)
    excluded = set(ask.args.get("excludeNames") or [])
    names = [zone for zone in aws.zones(region) if zone not in excluded]
    ids = [aws.zone_id(zone) for zone in names]
    return {"names": names, "zoneIds": ids, "groupNames": [region], "id": region, "region": region}


def _offerings(ask: Ask) -> dict[str, Any]:
    region = known_region(ask.region)
    wanted = filtered(ask.args.get("filters"))
    by_zone = ask.args.get("locationType", "region") == "availability-zone"
    rows = [
        (kind, zone if by_zone else region)
        for kind, zones in sorted(aws.offerings(region).items())
        if any_matches(kind, wanted.get("instance-type"))
        for zone in (zones if by_zone else zones[:1])
        if any_matches(zone if by_zone else region, wanted.get("location"))
    ]
    return {
        "instanceTypes": [kind for kind, _ in rows],
        "locations": [where for _, where in rows],
        "locationTypes": [ask.args.get("locationType", "region")] * len(rows),
        "id": region,
        "region": region,
        "filters": list(ask.args.get("filters") or []),
    }


def _offering(ask: Ask) -> dict[str, Any]:
    found = _offerings(ask)["instanceTypes"]
    preferred = ask.args.get("preferredInstanceTypes") or []
    chosen = next(
        (kind for kind in preferred if kind in found), found[0] if found and not preferred else None
    )
    if chosen is None:
        raise CloudError("", "no EC2 Instance Type Offerings found matching criteria; try different search")
    return {"instanceType": chosen, "location": ask.region, "locationType": "region", "id": chosen}


def _instance_type(ask: Ask) -> dict[str, Any]:
    kind = ask.need("instanceType")
    data = aws.instance_types().get(kind)
    if data is None or kind not in aws.offerings(known_region(ask.region)):
        raise CloudError(
            "InvalidInstanceType", f"The following supplied instance types do not exist: [{kind}]"
        )
    gpus = data.get("GpuInfo", {}).get("Gpus", [])
    return {
        "id": kind,
        "instanceType": kind,
        "region": ask.region,
        "defaultVcpus": data["VCpuInfo"]["DefaultVCpus"],
        "memorySize": data["MemoryInfo"]["SizeInMiB"],
        "currentGeneration": data.get("CurrentGeneration", True),
        "totalGpuMemory": data.get("GpuInfo", {}).get("TotalGpuMemoryInMiB", 0),
        "gpuses": [
            {
                "count": gpu["Count"],
                "manufacturer": gpu["Manufacturer"],
                "memorySize": gpu["MemoryInfo"]["SizeInMiB"],
                "name": gpu["Name"],
            }
            for gpu in gpus
        ],
        "instanceStorageSupported": data.get("InstanceStorageSupported", False),
        "totalInstanceStorage": data.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0),
        "supportedArchitectures": data.get("ProcessorInfo", {}).get("SupportedArchitectures", []),
        "supportedUsagesClasses": data.get("SupportedUsageClasses", []),
        "networkPerformance": data.get("NetworkInfo", {}).get("NetworkPerformance", ""),
        "efaSupported": data.get("NetworkInfo", {}).get("EfaSupported", False),
    }


def _parameter(ask: Ask) -> dict[str, Any]:
    name = ask.need("name")
    region = known_region(ask.region)
    value, version, kind = aws.public_parameter(region, name), 1, "String"
    for record in ask.store.of("aws:ssm/parameter:Parameter"):
        if record.region == region and record.outputs.get("name") == name:
            value, version = record.outputs.get("value"), record.outputs.get("version", 1)
            kind = record.outputs.get("type", "String")
    if value is None:
        raise CloudError("ParameterNotFound", f"couldn't find resource: SSM Parameter ({name}) in {region}")
    return {
        "name": name,
        "value": value,
        "insecureValue": value if kind != "SecureString" else "",
        "type": kind,
        "version": version,
        "arn": f"arn:aws:ssm:{region}::parameter{name}",
        "id": name,
        "region": region,
        "withDecryption": ask.args.get("withDecryption", True),
    }


def _image(ask: Ask) -> dict[str, Any]:
    wanted = filtered(ask.args.get("filters"))
    owners = {"amazon": "137112412989", "self": ask.place.account}
    allowed = {owners.get(each, each) for each in ask.args.get("owners") or []}
    found = [
        image
        for image in aws.images(known_region(ask.region))
        if any_matches(image["name"], wanted.get("name"))
        and any_matches(image["architecture"], wanted.get("architecture"))
        and any_matches(image.get("virtualization_type", "hvm"), wanted.get("virtualization-type"))
        and (not allowed or image["owner_id"] in allowed)
    ]
    if not found:
        raise CloudError(
            "", "Your query returned no results. Please change your search criteria and try again."
        )
    if len(found) > 1 and not ask.args.get("mostRecent"):
        raise CloudError(
            "", "Your query returned more than one result. Please try a more specific search criteria"
        )
    image = max(found, key=lambda each: each["name"])
    return {
        "id": image["ami_id"],
        "imageId": image["ami_id"],
        "name": image["name"],
        "architecture": image["architecture"],
        "ownerId": image["owner_id"],
        "rootDeviceName": image.get("root_device_name", "/dev/xvda"),
        "virtualizationType": image.get("virtualization_type", "hvm"),
        "description": image.get("description") or "",
        "region": ask.region,
        "state": "available",
    }


def _service_quota(ask: Ask) -> dict[str, Any]:
    code = ask.args.get("quotaCode") or ""
    if code and code not in {*AWS_CODES.values(), "L-C4BD4855", "L-1216C47A", "L-34B43A08"}:
        raise CloudError(
            "NoSuchResourceException",
            f"The request failed because the specified quota does not exist: {code}",
        )
    limits = [
        value["limit"]
        for _, value in ask.store.faults()
        if value["kind"] == "quota" and value["type"] == code and value["region"] in {"", ask.region}
    ]
    return {
        "quotaCode": code,
        "serviceCode": ask.args.get("serviceCode", "ec2"),
        "value": float(limits[0]) if limits else _DEFAULT_QUOTA,
        "defaultValue": 0.0,
        "adjustable": True,
        "arn": f"arn:aws:servicequotas:{ask.region}:{ask.place.account}:ec2/{code}",
        "id": code,
    }


def _prefix_list(ask: Ask) -> dict[str, Any]:
    wanted = (known_region(ask.region), ask.args.get("name") or "")
    for identity, of in aws.prefix_lists().items():
        if of == wanted or (identity == ask.args.get("id") and of[0] == wanted[0]):
            return {
                "id": identity,
                "name": of[1],
                "entries": [],
                "ownerId": "AWS",
                "addressFamily": "IPv4",
                "arn": f"arn:aws:ec2:{of[0]}:aws:prefix-list/{identity}",
            }
    raise CloudError("", f"no matching EC2 Managed Prefix List found: {wanted[1]}")


ANSWERS: Final[dict[str, Answer]] = {
    "aws:ec2/getAmi:getAmi": _image,
    "aws:ec2/getInstanceType:getInstanceType": _instance_type,
    "aws:ec2/getInstanceTypeOffering:getInstanceTypeOffering": _offering,
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": _offerings,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": _prefix_list,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:servicequotas/getServiceQuota:getServiceQuota": _service_quota,
    "aws:ssm/getParameter:getParameter": _parameter,
}
