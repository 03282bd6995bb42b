"""An endpoint of the simulated SageMaker that hosts components, put there without an engine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from llmdeploy.infra.simulate.fleet.components import TARGET
from llmdeploy.infra.simulate.fleet.endpoints import CONFIGURATION, ENDPOINT, MODEL
from llmdeploy.infra.simulate.fleet.launch import settle
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.store import Store

REGION = "us-east-1"
ARN = f"arn:aws:sagemaker:{REGION}:123456789012"
HOSTING: dict[str, Any] = {
    "variantName": "replicas",
    "instanceType": "ml.g6.xlarge",
    "initialInstanceCount": 1,
    "inferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-3-1",
    "managedInstanceScaling": {"status": "ENABLED", "minInstanceCount": 0, "maxInstanceCount": 3},
}


def put(store: Store, token: str, name: str, inputs: dict[str, Any], **outputs: Any) -> Record:
    """A resource of the simulated clouds."""
    urn = f"urn:pulumi:dev::llmdeploy::{token}::{name}"
    record = Record(0, token, name, urn, REGION, inputs, {"name": name, **outputs})
    record = replace(record, number=store.add(record))
    store.index(record.number, frozenset({name}), [])
    return record


def host(store: Store, variant: dict[str, Any] = HOSTING, name: str = "chat-blue") -> Record:
    """A model, a configuration and an endpoint."""
    put(store, MODEL, "chat-1", {"primaryContainer": {"image": "r/vllm:0.27.1-gpu-py312-cu129"}})
    put(store, CONFIGURATION, f"{name}-1", {"productionVariants": [variant]})
    endpoint = put(store, ENDPOINT, name, {"endpointConfigName": f"{name}-1"}, arn=f"{ARN}:endpoint/{name}")
    settle(store, endpoint)
    return endpoint


def scale(store: Store, least: int, most: int, component: str = "chat-blue") -> Record:
    """What scales the copies of a component."""
    dimension = "sagemaker:inference-component:DesiredCopyCount"
    inputs = {"resourceId": f"inference-component/{component}", "scalableDimension": dimension}
    return put(store, TARGET, f"of {component}", {**inputs, "minCapacity": least, "maxCapacity": most})
