"""A deployment in AWS, composed as stacks do: from a spec's file to declared resources."""

from __future__ import annotations

from pathlib import Path

import pulumi
from tests.modules.aws.recorder import declared_by
from tests.modules.declared import Declared
from tests.serving.managed.planned import described

from llmdeploy.modules.aws import lookups
from llmdeploy.modules.aws.certificates import AwsCertificates
from llmdeploy.modules.aws.global_entry import AwsAccelerator, AwsGlobal
from llmdeploy.modules.aws.image_name import DOCKER_HUB
from llmdeploy.modules.aws.node import RegionSecrets
from llmdeploy.modules.aws.peers import AwsPeers
from llmdeploy.modules.aws.pins import RegionPins
from llmdeploy.modules.aws.public_dns import PublicDns, PublicFront
from llmdeploy.modules.aws.region import AwsRegion
from llmdeploy.modules.aws.secrets import AwsSecrets
from llmdeploy.modules.aws.versions import images_of
from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.load import load_spec, parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan, RegionPlan

LAPTOP = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
CANARIES = {
    "key": "canary-of-the-api-key",
    "peer": "canary-of-the-peer-key",
    "token": "canary-of-the-hub-token",
    "private": "-----BEGIN PRIVATE KEY-----\ncanary-of-the-private-key\n-----END PRIVATE KEY-----\n",
}
"""What must never be seen outside of a secret."""
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nof the fronts\n-----END CERTIFICATE-----\n"
GCP_ADDRESS = "203.0.113.10"
DOCKER_LOGIN = "arn:aws:secretsmanager:{}:123456789012:secret:ecr-pullthroughcache/docker-hub-AbCdEf"


def plan_of(spec: Path) -> Plan:
    return build_plan(load_spec(spec, None), LAPTOP, describe=described)


def plan_of_text(spec: str) -> Plan:
    return build_plan(parse_spec(spec, "spec.yaml"), LAPTOP, describe=described)


def graph(plan: Plan, offering: str = "abc", docker_login: bool = False) -> list[Declared]:
    """Every resource of the plan's part in AWS."""
    return declared_by(lambda: deploy(plan, docker_login), offering)


def deploy(plan: Plan, docker_login: bool = False) -> None:
    deployment = Deployment(plan.name, plan.stack_name, plan.spec_digest)
    locations = [region.location for region in regions(plan)]
    keys = pulumi.Output.secret(f'{{"default": "{CANARIES["key"]}", "peer": "{CANARIES["peer"]}"}}')
    secrets = AwsSecrets(
        "aws-secrets",
        deployment,
        locations,
        keys if plan.gateway.auth == "api-key" else None,
        pulumi.Output.secret(CANARIES["token"]) if plan.model.id.startswith("meta-llama/") else None,
        plan.protected,
    )
    accelerator = AwsAccelerator("aws-front", deployment) if len(locations) > 1 else None
    certificates = _certificates(plan, deployment, locations)
    account = lookups.account_id()
    made = {
        region.name: AwsRegion(
            region.name.replace("/", "-"),
            deployment,
            plan,
            region,
            account,
            pins(region),
            RegionSecrets(
                keys=secrets.keys(region.location),
                hub_token=secrets.hub_token(region.location),
                logins={DOCKER_HUB: DOCKER_LOGIN.format(region.location)} if docker_login else {},
            ),
            certificates.arn(region.location),
            pulumi.Output.from_input(CERTIFICATE) if plan.domain is None else None,
        )
        for region in regions(plan)
    }
    hosts = {name: region.front.host for name, region in made.items()}
    addresses = {region.name: GCP_ADDRESS for region in plan.regions if region.provider == "gcp"}
    for name, region in made.items():
        others = {each: host for each, host in hosts.items() if each != name}
        AwsPeers(region.scope, plan.name, region.zone_id, others, addresses)
    if accelerator is not None:
        fronts = {region.scope.location: region.front.arn for region in made.values()}
        AwsGlobal("aws-front", accelerator.listener, fronts)
    if plan.domain is not None:
        _name(plan, deployment, plan.domain, made, accelerator)


def regions(plan: Plan) -> list[RegionPlan]:
    return [region for region in plan.regions if region.provider == "aws"]


def pins(region: RegionPlan) -> RegionPins:
    return RegionPins(
        digests={image: f"sha256:{index}{'5' * 63}" for index, image in enumerate(images_of(region))}
    )


def _certificates(plan: Plan, deployment: Deployment, locations: list[str]) -> AwsCertificates:
    if plan.domain is not None:
        zone = lookups.hosted_zone_id(plan.domain)
        return AwsCertificates.for_domain("aws-certificate", deployment, locations, plan.domain, zone)
    given, key = pulumi.Output.from_input(CERTIFICATE), pulumi.Output.secret(CANARIES["private"])
    return AwsCertificates.from_pem("aws-certificate", deployment, locations, given, key)


def _name(
    plan: Plan,
    deployment: Deployment,
    domain: str,
    made: dict[str, AwsRegion],
    accelerator: AwsAccelerator | None,
) -> None:
    zone = lookups.hosted_zone_id(domain)
    if len(made) == len(plan.regions) and accelerator is not None:
        fronts = [PublicFront(region="aws", host=accelerator.host, host_zone=accelerator.host_zone)]
    else:
        fronts = [
            PublicFront(
                region=region.name,
                host=made[region.name].front.host,
                host_zone=made[region.name].front.host_zone,
                weight=region.weight,
            )
            if region.name in made
            else PublicFront(
                region=region.name, address=pulumi.Output.from_input(GCP_ADDRESS), weight=region.weight
            )
            for region in plan.regions
        ]
    PublicDns("aws-domain", deployment, domain, zone, plan.gateway.policy, fronts)
