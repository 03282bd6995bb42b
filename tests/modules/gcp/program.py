"""A deployment in Google's cloud, composed as stacks do: from a spec's file to declared resources."""

from __future__ import annotations

from pathlib import Path

import pulumi
from tests.modules.declared import Declared
from tests.modules.gcp.recorder import PROJECT, declared_by

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp.certificate import GcpCertificate
from llmdeploy.modules.gcp.front import GcpFront
from llmdeploy.modules.gcp.gateway import ENVOY_IMAGE, ENVOY_TAG
from llmdeploy.modules.gcp.observability import GcpObservability
from llmdeploy.modules.gcp.peers import GcpPeers, PeerFront
from llmdeploy.modules.gcp.pins import GATEWAY_IMAGE, NODE_IMAGE, RegionPins, newest_image
from llmdeploy.modules.gcp.public_dns import GcpPublicDns
from llmdeploy.modules.gcp.region import GcpRegion
from llmdeploy.modules.gcp.shared import GcpShared
from llmdeploy.serving.load import load_spec, parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot

LAPTOP = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
CANARIES = {
    "key": "canary-of-the-api-key",
    "peer": "canary-of-the-peer-key",
    "token": "canary-of-the-hub-token",
    "private": "-----BEGIN PRIVATE KEY-----\ncanary-of-the-private-key\n-----END PRIVATE KEY-----\n",
}
"""What must never be seen outside of a secret."""
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nof the fronts\n-----END CERTIFICATE-----\n"
ZONES = {"wider": "com.", "fitting": "example.com.", "other": "example.org."}


def plan_of(spec: Path) -> Plan:
    return build_plan(load_spec(spec, None), LAPTOP)


def plan_of_text(spec: str) -> Plan:
    return build_plan(parse_spec(spec, "spec.yaml"), LAPTOP)


def graph(plan: Plan) -> list[Declared]:
    """Every resource of the plan's part in Google's cloud."""
    return declared_by(lambda: deploy(plan), ZONES)


def deploy(plan: Plan) -> None:
    deployment = Deployment(plan.name, plan.stack_name, plan.spec_digest)
    keys = pulumi.Output.secret(f'{{"default": "{CANARIES["key"]}", "peer": "{CANARIES["peer"]}"}}')
    shared = GcpShared(
        "gcp",
        deployment,
        plan,
        PROJECT,
        keys=keys if plan.gateway.auth == "api-key" else None,
        hub_token=pulumi.Output.secret(CANARIES["token"]) if _gated(plan) else None,
    )
    certificate = _certificate(plan, deployment)
    pins = _pins(plan)
    regions = {
        region.name: GcpRegion(
            region.name.replace("/", "-"),
            deployment,
            plan,
            region,
            PROJECT,
            shared.network,
            shared.identity,
            shared.secrets,
            pins[region.name],
            trusted=pulumi.Output.from_input(CERTIFICATE) if plan.domain is None else None,
        )
        for region in _regions(plan)
    }
    groups = {name: region.gateway_group for name, region in regions.items()}
    front = GcpFront("gcp-front", deployment, plan, shared.addresses, certificate, groups)
    GcpObservability("gcp-observability", deployment, plan, PROJECT, front.url_map)
    if len(plan.regions) > 1:
        GcpPeers("gcp-peers", plan.name, shared.network, _fronts(plan, shared))
    if plan.domain is not None and all(each.provider == "gcp" for each in plan.regions):
        GcpPublicDns("gcp-dns", plan.domain, PROJECT, shared.addresses.front, certificate)


def _regions(plan: Plan) -> list[RegionPlan]:
    return [region for region in plan.regions if region.provider == "gcp"]


def _gated(plan: Plan) -> bool:
    return plan.model.id.startswith("meta-llama/")


def _certificate(plan: Plan, deployment: Deployment) -> GcpCertificate:
    if plan.domain is not None:
        return GcpCertificate.for_domain("gcp-certificate", deployment, plan.domain)
    given, key = pulumi.Output.from_input(CERTIFICATE), pulumi.Output.secret(CANARIES["private"])
    return GcpCertificate.from_pem("gcp-certificate", given, key)


def _pins(plan: Plan) -> dict[str, RegionPins]:
    node, gateway = newest_image(NODE_IMAGE), newest_image(GATEWAY_IMAGE)
    found = {}
    for region in _regions(plan):
        digests = {f"{ENVOY_IMAGE}:{ENVOY_TAG}": f"sha256:{'e' * 64}"}
        zones: dict[Slot, tuple[str, ...]] = {}
        for version in region.fleets:
            assert version.server.launch is not None
            assert version.hardware is not None
            digests[f"{version.server.launch.image}:{version.server.launch.tag}"] = f"sha256:{'5' * 64}"
            zones[version.slot] = version.hardware.zones
        found[region.name] = RegionPins(node_image=node, gateway_image=gateway, zones=zones, digests=digests)
    return found


def _fronts(plan: Plan, shared: GcpShared) -> dict[str, PeerFront]:
    return {
        region.name: (
            PeerFront(address=shared.addresses.regions[region.name])
            if region.provider == "gcp"
            else PeerFront(host=pulumi.Output.from_input(f"front.{region.location}.elb.amazonaws.com"))
        )
        for region in plan.regions
    }
