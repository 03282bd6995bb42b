"""Outputs that only AWS's own conventions explain, by type of resource.

Source: the user guides of the services and the outputs' descriptions in pulumi-aws 7.51.1; written down
2026-11-24.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from llmdeploy.infra.simulate.identity.guess import address, uuid
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.identity.seed import Seed

Fields: TypeAlias = Mapping[str, Any]
Extra: TypeAlias = Callable[[Fields, Seed, Place], dict[str, Any]]

_ACCELERATOR_ZONE: Final = "Z2BJ6XQ5FK7U4H"
"""Source: AWS General Reference, "AWS Global Accelerator endpoints and quotas": one zone for all
accelerators.
"""


def account_of(name: str) -> bool:
    """Whether the output of this name is an account number."""
    return name in {
        "ownerId",
        "accountId",
        "registryId",
        "creatorAccountId",
        "owner",
        "networkInterfaceOwnerId",
    }


def changed(token: str, old: Fields, olds: Fields, news: Fields) -> dict[str, Any]:
    """Outputs that an update makes new.

    Args:
        old: the outputs before.
        olds: the inputs before.
    """
    if token.endswith(":LaunchTemplate"):
        if _without_tags(olds) == _without_tags(news):
            return {}
        latest = int(old.get("latestVersion", 1)) + 1
        moves = news.get("updateDefaultVersion") is True
        return {"latestVersion": latest, "defaultVersion": latest if moves else old.get("defaultVersion", 1)}
    if token.startswith("aws:ssm/parameter:"):
        return {"version": int(old.get("version", 1)) + 1}
    return {}


def _without_tags(template: Fields) -> dict[str, Any]:
    """What is in a template's version; tags are on the template itself."""
    return {name: value for name, value in template.items() if name not in {"tags", "updateDefaultVersion"}}


def _load_balancer(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    name = f"{'internal-' if fields.get('internal') else ''}{fields['name']}-{seed.number('dns', 10**10):010}"
    suffix = f"app/{fields['name']}/{seed.hex('id', 16)}"
    return {
        "dnsName": f"{name}.{fields['region']}.elb.amazonaws.com",
        "zoneId": zone_of_load_balancers(str(fields["region"])),
        "arnSuffix": suffix,
        "loadBalancerType": fields.get("loadBalancerType", "application"),
        "ipAddressType": fields.get("ipAddressType", "ipv4"),
    }


def zone_of_load_balancers(region: str) -> str:
    """The hosted zone of all load balancers of a region; made up, one a region."""
    return "Z" + Seed(region, 0).hex("elb", 13).upper()


def _target_group(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    return {"arnSuffix": f"targetgroup/{fields['name']}/{seed.hex('id', 16)}", "loadBalancerArns": []}


def _listener(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    load_balancer = str(fields.get("loadBalancerArn", "")).split("/")
    return {
        "loadBalancerName": load_balancer[2] if len(load_balancer) > 3 else "",
        "loadBalancerHex": load_balancer[3] if len(load_balancer) > 3 else "",
    }


def _listener_rule(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    return {"listenerRuleBase": str(fields.get("listenerArn", "")).replace(":listener/", ":listener-rule/")}


def _accelerator(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    dns_name = f"a{seed.hex('dns', 16)}.awsglobalaccelerator.com"
    addresses = [address("first", seed), address("second", seed)]
    return {
        "dnsName": dns_name,
        "dualStackDnsName": dns_name.replace(".aws", ".dualstack.aws"),
        "hostedZoneId": _ACCELERATOR_ZONE,
        "ipSets": [{"ipAddresses": addresses, "ipFamily": "IPv4"}],
    }


def _launch_template(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    return {"latestVersion": 1, "defaultVersion": 1}


def _task_definition(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    revision = seed.generation + 1
    base = f"arn:aws:ecs:{fields['region']}:{place.account}:task-definition/{fields['family']}"
    return {"revision": revision, "arnWithoutRevision": base}


def _service(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    return {"clusterName": str(fields.get("cluster", "default")).rpartition("/")[2]}


def _certificate(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    if fields.get("privateKey"):
        return {"status": "ISSUED", "type": "IMPORTED", "domainValidationOptions": []}
    names = dict.fromkeys([fields.get("domainName", ""), *(fields.get("subjectAlternativeNames") or [])])
    options = [_validation(name, place) for name in names if name]
    return {"status": "PENDING_VALIDATION", "type": "AMAZON_ISSUED", "domainValidationOptions": options}


def _validation(name: str, place: Place) -> dict[str, str]:
    """The same for all certificates of an account for a domain, in every region."""
    proof = Seed(f"{place.account}/{name.removeprefix('*.')}", 0)
    return {
        "domainName": name,
        "resourceRecordName": f"_{proof.hex('name', 32)}.{name.removeprefix('*.')}.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": f"_{proof.hex('value', 32)}.acm-validations.aws.",
    }


def _zone(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    identity = "Z" + seed.hex("id", 20).upper()
    servers = [
        f"ns-{seed.number(f'ns{n}', 2000)}.awsdns-{n:02}.{top}"
        for n, top in enumerate(("com", "net", "org", "co.uk"))
    ]
    return {"zoneId": identity, "nameServers": servers, "primaryNameServer": servers[0]}


def _record(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    identifier = fields.get("setIdentifier")
    return {
        "fqdn": str(fields.get("name", "")).rstrip("."),
        "setSuffix": f"_{identifier}" if identifier else "",
    }


def _bucket(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    bucket, region = fields["bucket"], fields["region"]
    return {
        "bucketDomainName": f"{bucket}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{bucket}.s3.{region}.amazonaws.com",
        "bucketRegion": region,
        "hostedZoneId": "Z" + Seed(str(region), 0).hex("s3", 13).upper(),
    }


def _elastic_ip(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    public = address("public", seed)
    return {
        "publicIp": public,
        "publicDns": f"ec2-{public.replace('.', '-')}.compute-1.amazonaws.com",
        "allocationId": f"eipalloc-{seed.hex('id', 17)}",
        "domain": "vpc",
    }


def _repository(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    return {"repositoryUrl": f"{place.account}.dkr.ecr.{fields['region']}.amazonaws.com/{fields['name']}"}


def _secret_version(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    return {"versionId": uuid("version", seed), "versionStages": ["AWSCURRENT"]}


def _role(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    return {"uniqueId": "AROA" + seed.hex("unique", 17).upper()}


def _instance_profile(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    return {"uniqueId": "AIPA" + seed.hex("unique", 17).upper()}


def _subnet(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    zone = fields.get("availabilityZone") or f"{fields['region']}a"
    return {"availabilityZone": zone}


def _vpc_endpoint(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    if fields.get("vpcEndpointType", "Gateway") == "Gateway":
        block = ipaddress.ip_network("52.216.0.0/15")
        return {"state": "available", "cidrBlocks": [str(block)], "prefixListId": f"pl-{seed.hex('pl', 8)}"}
    service = str(fields.get("serviceName", "")).rpartition(".")[2]
    name = f"vpce-{seed.hex('id', 17)}-{seed.hex('dns', 8)}.{service}.{fields['region']}.vpce.amazonaws.com"
    zone = "Z" + Seed(str(fields["region"]), 0).hex("vpce", 13).upper()
    return {"state": "available", "dnsEntries": [{"dnsName": name, "hostedZoneId": zone}]}


def _nat_gateway(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    return {"publicIp": address("public", seed), "privateIp": f"10.0.0.{4 + seed.number('private', 250)}"}


def _parameter(fields: Fields, seed: Seed, place: Place) -> dict[str, Any]:
    return {"version": 1}


EXTRAS: Final[dict[str, Extra]] = {
    "aws:acm/certificate:Certificate": _certificate,
    "aws:ec2/eip:Eip": _elastic_ip,
    "aws:ec2/launchTemplate:LaunchTemplate": _launch_template,
    "aws:ec2/natGateway:NatGateway": _nat_gateway,
    "aws:ec2/subnet:Subnet": _subnet,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _vpc_endpoint,
    "aws:ecr/repository:Repository": _repository,
    "aws:ecs/service:Service": _service,
    "aws:ecs/taskDefinition:TaskDefinition": _task_definition,
    "aws:globalaccelerator/accelerator:Accelerator": _accelerator,
    "aws:iam/instanceProfile:InstanceProfile": _instance_profile,
    "aws:iam/role:Role": _role,
    "aws:lb/listener:Listener": _listener,
    "aws:lb/listenerRule:ListenerRule": _listener_rule,
    "aws:lb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:lb/targetGroup:TargetGroup": _target_group,
    "aws:route53/record:Record": _record,
    "aws:route53/zone:Zone": _zone,
    "aws:s3/bucket:Bucket": _bucket,
    "aws:secretsmanager/secretVersion:SecretVersion": _secret_version,
    "aws:ssm/parameter:Parameter": _parameter,
}
