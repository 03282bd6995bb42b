"""Endpoints in the simulated clouds, which serve as soon as they are there."""

from __future__ import annotations

from collections.abc import Iterable

from llmdeploy.infra.fleet.endpoints.look import EndpointFacts, EndpointLook, missing, missing_component
from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.fleet.components import COMPONENT
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.vertex_records import DEPLOYMENT

_NAMING = ("id", "name", "arn")


def look_at(clouds: SimulatedClouds, location: str, facts: EndpointFacts) -> EndpointLook:
    """The endpoint as the simulated clouds hold it."""
    records = clouds.resources() if clouds.exist else []
    record = next((each for each in records if _is(each, location, facts.endpoint)), None)
    if record is None:
        return missing(facts)
    if facts.service == "sagemaker":
        return _sagemaker(clouds, record, facts)
    if facts.service == "vertex":
        return _vertex(records, facts)
    if facts.service == "azure-ml":
        return _azure_ml(record, facts)
    return EndpointLook(facts.least, facts.least, serves=True)


def _sagemaker(clouds: SimulatedClouds, record: Record, facts: EndpointFacts) -> EndpointLook:
    lack = next((each for each in clouds.shortages() if each.group == record.number), None)
    trouble = lack.message if lack else ""
    if facts.component:
        return _component(clouds, record, facts, trouble)
    running = sum(instance.group == record.number for instance in clouds.instances())
    wanted = lack.wanted if lack else facts.least
    return EndpointLook(running, wanted, serves=running > 0, trouble=trouble)


def _component(clouds: SimulatedClouds, endpoint: Record, facts: EndpointFacts, trouble: str) -> EndpointLook:
    """Its copies, which may be none."""
    here = (each for each in clouds.resources(COMPONENT) if each.region == endpoint.region)
    found = next((each for each in here if each.outputs["InferenceComponentName"] == facts.component), None)
    if found is None:
        return missing_component(facts)
    serves = found.outputs["InferenceComponentStatus"] in ("InService", "Updating")
    copies = int(found.outputs["RuntimeConfig"]["DesiredCopyCount"])
    failure = "" if serves else str(found.outputs.get("FailureReason", ""))
    return EndpointLook(copies if serves else 0, copies, serves=serves, trouble=trouble or failure)


def _vertex(records: Iterable[Record], facts: EndpointFacts) -> EndpointLook:
    deployed = [
        each
        for each in records
        if each.token == DEPLOYMENT and each.id.startswith(f"{facts.endpoint}/deployedModels/")
    ]
    if not deployed:
        return EndpointLook(0, facts.least, serves=False, trouble="no model is deployed on the endpoint")
    count = sum(int(each.inputs.get("dedicatedResources", {}).get("minReplicaCount", 0)) for each in deployed)
    return EndpointLook(count, facts.least, serves=count > 0)


def _azure_ml(deployment: Record, facts: EndpointFacts) -> EndpointLook:
    state = deployment.outputs.get("properties", {}).get("provisioningState")
    count = int(deployment.inputs.get("sku", {}).get("capacity") or facts.least)
    if state != "Succeeded":
        return EndpointLook(0, count, serves=False, trouble=f"the deployment is {state}")
    return EndpointLook(count, count, serves=True)


def _is(record: Record, location: str, name: str) -> bool:
    named = {record.id, *(str(record.outputs.get(key, "")) for key in _NAMING)}
    return record.region in ("", location) and name in named
