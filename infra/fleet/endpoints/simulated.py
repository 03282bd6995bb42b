"""Endpoints in the simulated clouds, which serve as soon as they are there."""

from __future__ import annotations

from collections.abc import Iterable

from llmdeploy.infra.fleet.endpoints.look import EndpointFacts, EndpointLook, missing
from llmdeploy.infra.simulate.clouds import SimulatedClouds
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
    return EndpointLook(facts.least, facts.least, serves=True)


def _sagemaker(clouds: SimulatedClouds, record: Record, facts: EndpointFacts) -> EndpointLook:
    running = sum(instance.group == record.number for instance in clouds.instances())
    lack = next((each for each in clouds.shortages() if each.group == record.number), None)
    return EndpointLook(
        running,
        lack.wanted if lack else facts.least,
        serves=running > 0,
        trouble=lack.message if lack else "",
    )


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


def _is(record: Record, location: str, name: str) -> bool:
    named = {record.id, *(str(record.outputs.get(key, "")) for key in _NAMING)}
    return record.region in ("", location) and name in named
