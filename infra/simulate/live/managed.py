"""Managed endpoints as the simulated clouds hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

import yaml

from llmdeploy.infra.simulate.fleet.components import COMPONENT, hosting
from llmdeploy.infra.simulate.fleet.endpoints import CONFIGURATION
from llmdeploy.infra.simulate.fleet.endpoints import ENDPOINT as SAGEMAKER
from llmdeploy.infra.simulate.identity.azure import DEPLOYMENT as AZURE_DEPLOYMENT
from llmdeploy.infra.simulate.identity.azure import ENDPOINT as AZURE_ENDPOINT
from llmdeploy.infra.simulate.live.contents import region_of
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.bedrock_records import IMPORT
from llmdeploy.infra.simulate.rest.vertex_records import DEPLOYMENT, ENDPOINT
from llmdeploy.serving.gateway.managed import ManagedEndpoint
from llmdeploy.serving.gateway.relays import relay_name
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot
from llmdeploy.serving.spec.managed import Service

_VPC_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
_NAT: Final = "aws:ec2/natGateway:NatGateway"
_CLOUD_RUN: Final = "gcp:cloudrunv2/service:Service"


@dataclass(frozen=True, slots=True)
class FoundEndpoint:
    """The endpoint of a version, as it is. `count`: of its instances. `component`: that hosts its model."""

    service: Service
    host: str
    path: str
    name: str
    record: int
    count: int
    component: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to look: what is in the region, and whom its gateway asks. `routed`: all that its files say."""

    records: list[Record]
    wanted: ManagedEndpoint
    host: str
    slot: Slot
    routed: str

    def of(self, token: str) -> Iterator[Record]:
        return (record for record in self.records if record.token == token)


def found_endpoint(
    records: Iterable[Record], files: Mapping[str, str], plan: Plan, version: RegionPlan
) -> FoundEndpoint | None:
    """The endpoint of a managed version that its gateway asks; None where there is none.

    Args:
        files: of the region's gateway; where it has none, of one that asks it.
    """
    wanted = ManagedEndpoint.of(plan, version)
    if wanted is None:
        return None
    here = [record for record in records if region_of(record) == version.location]
    host = _asked_host(files, version.name, version.slot)
    place = _Place(here, wanted, host, version.slot, "\n".join(files.values()))
    return next(_READERS[wanted.service](place), None)


def _asked_host(files: Mapping[str, str], region: str, slot: Slot) -> str:
    """The host that the relay of a slot leads to; empty where it has none."""
    relay = relay_name(region, slot)
    for text in files.values():
        if relay in text:
            for cluster in _clusters(yaml.load(text, Loader=yaml.CSafeLoader), relay):
                endpoint = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]
                return str(endpoint["address"]["socket_address"]["address"])
    return ""


def _clusters(content: Any, name: str) -> Iterator[Any]:
    for each in content.get("resources") or []:
        if each.get("name") == name and "load_assignment" in each:
            yield each


def _sagemaker(place: _Place) -> Iterator[FoundEndpoint]:
    """Found by name. Its configuration says how many instances it has. One that hosts a component is there
    once that is; one copy stands here also for one that sleeps.
    """
    path, name = place.wanted.path, place.wanted.path.rpartition("/")[2]
    if place.host != place.wanted.host or not _reached(place, "sagemaker.runtime"):
        return
    for record in place.of(SAGEMAKER):
        if record.outputs.get("name") != name:
            continue
        variants = [
            variant
            for each in place.of(CONFIGURATION)
            if each.outputs.get("name") == record.inputs.get("endpointConfigName")
            for variant in each.inputs.get("productionVariants") or []
        ]
        counts = [int(each.get("initialInstanceCount") or 1) for each in variants]
        found = FoundEndpoint("sagemaker", place.host, path, name, record.number, sum(counts))
        if hosting(variants) is None:
            yield found
        for component in place.of(COMPONENT):
            if component.outputs["EndpointName"] == name:
                copies = int(component.outputs["RuntimeConfig"]["DesiredCopyCount"])
                called = str(component.outputs["InferenceComponentName"])
                yield replace(found, count=max(1, copies), component=called)


def _reached(place: _Place, service: str) -> bool:
    """Whether the network has a way to a service of AWS: an endpoint of its own, or one to the internet."""
    name = f"com.amazonaws.{place.wanted.location}.{service}"
    inside = [each for each in place.of(_VPC_ENDPOINT) if each.inputs.get("serviceName") == name]
    return any(each.inputs.get("privateDnsEnabled") for each in inside) or any(place.of(_NAT))


def _vertex(place: _Place) -> Iterator[FoundEndpoint]:
    """Found by its own host. What is deployed there says how many replicas it has."""
    for record in place.of(ENDPOINT):
        if record.outputs.get("dedicatedEndpointDns") == place.host:
            counts = [
                int(each.inputs.get("dedicatedResources", {}).get("minReplicaCount") or 1)
                for each in place.of(DEPLOYMENT)
                if each.id.startswith(f"{record.id}/")
            ]
            path, name = f"/v1/{record.id}/invoke", record.id.rpartition("/")[2]
            yield FoundEndpoint("vertex", place.host, path, name, record.number, sum(counts))


def _cloud_run(place: _Place) -> Iterator[FoundEndpoint]:
    """Found by its own host. One instance at least stands here also for one that sleeps."""
    for record in place.of(_CLOUD_RUN):
        if place.host and record.outputs.get("uri") == f"https://{place.host}":
            scaling = record.inputs.get("scaling") or record.inputs.get("template", {}).get("scaling") or {}
            count = max(1, int(scaling.get("minInstanceCount") or 0))
            name = str(record.outputs.get("name"))
            yield FoundEndpoint("cloud-run", place.host, "", name, record.number, count)


def _azure_ml(place: _Place) -> Iterator[FoundEndpoint]:
    """Found by its host. What is deployed in the slot says how many instances it has."""
    for endpoint in place.of(AZURE_ENDPOINT):
        uri = str((endpoint.outputs.get("properties") or {}).get("scoringUri", ""))
        if not place.host or uri != f"https://{place.host}/":
            continue
        for record in place.of(AZURE_DEPLOYMENT):
            ready = (record.outputs.get("properties") or {}).get("provisioningState") == "Succeeded"
            if ready and record.id == f"{endpoint.id}/deployments/{place.slot}":
                count = int((record.inputs.get("sku") or {}).get("capacity") or 1)
                yield FoundEndpoint("azure-ml", place.host, "", place.slot, record.number, count)


def _bedrock(place: _Place) -> Iterator[FoundEndpoint]:
    """Found by its slot, and by the path in the gateway's files. One copy stands here also for a model that
    sleeps.
    """
    if place.host != place.wanted.host or not _reached(place, "bedrock-runtime"):
        return
    for record in place.of(IMPORT):
        path = f"/model/{quote(record.id, safe='')}"
        slot = str(record.outputs.get("modelName")).rpartition("-")[0].rpartition("-")[2]
        if slot == place.slot and path in place.routed:
            yield FoundEndpoint("bedrock", place.host, path, record.id, record.number, 1)


_READERS: Final[dict[Service, Callable[[_Place], Iterator[FoundEndpoint]]]] = {
    "sagemaker": _sagemaker,
    "bedrock": _bedrock,
    "vertex": _vertex,
    "cloud-run": _cloud_run,
    "azure-ml": _azure_ml,
}
