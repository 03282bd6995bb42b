"""SageMaker's runtime on an endpoint that hosts a component: asked by its name, asleep while nobody asks, and
woken by being asked where the deployment has wired it so.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.infra.simulate.live.services.region import SAGEMAKER_HOST, Region
from tests.infra.simulate.live.services.signing import signed
from tests.infra.simulate.live.services.test_signatures import read_error
from tests.infra.simulate.rest.hosted import ARN, host, put, scale

from llmdeploy.infra.simulate.fleet.components import component_named, desired_copies
from llmdeploy.infra.simulate.rest.sagemaker_records import add
from llmdeploy.infra.simulate.store import Store

IDLE_S, WAKE_S = 2.0, 1.0
TARGET = "/endpoints/chat-blue/invocations"
HEADER = "x-amzn-sagemaker-inference-component"
POLICY = f"{ARN}:policy/wakes"


class Sleeper:
    """A region whose endpoint of SageMaker hosts a component."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        endpoint = host(self.store)
        add(self.store, {}, _component(), endpoint)
        scale(self.store, 0, 2)
        self.region = Region(folder)
        own = self.region.endpoint("sagemaker", SAGEMAKER_HOST, "/endpoints/chat-blue", "chat-blue")
        told = {"record": endpoint.number, "component": "chat-blue", "idle_s": IDLE_S, "wake_s": WAKE_S}
        endpoints = (own.model_copy(update=told),)
        self.region.tell(self.region.told.model_copy(update={"endpoints": endpoints}))

    def wire(self, *, metric: str = "NoCapacityInvocationFailures") -> None:
        """The alarm and the policies of a deployment."""
        resource = {"resourceId": "inference-component/chat-blue"}
        put(self.store, "aws:appautoscaling/policy:Policy", "load", {
            **resource, "policyType": "TargetTrackingScaling",
        })  # fmt: skip
        kind = {**resource, "policyType": "StepScaling"}
        put(self.store, "aws:appautoscaling/policy:Policy", "wakes", kind, arn=POLICY)
        alarm = {"metricName": metric, "dimensions": {"InferenceComponentName": "chat-blue"}}
        put(
            self.store, "aws:cloudwatch/metricAlarm:MetricAlarm", "wakes", {**alarm, "alarmActions": [POLICY]}
        )

    def ask(self, component: str = "chat-blue") -> httpx.Response:
        body = json.dumps({"messages": [{"role": "user", "content": "hi"}]}).encode()
        named = {HEADER: component} if component else {}
        headers = signed(self.region.role, SAGEMAKER_HOST, TARGET, body, headers=named)
        return self.region.send(SAGEMAKER_HOST, TARGET, body, headers)

    @property
    def copies(self) -> int:
        found = component_named(self.store, "chat-blue", "us-east-1")
        assert found is not None
        return desired_copies(self.store, found)

    def until(self, copies: int) -> None:
        deadline = time.monotonic() + 20
        while self.copies != copies:
            assert time.monotonic() < deadline, self.copies
            time.sleep(0.1)


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Sleeper]:
    made = Sleeper(tmp_path)
    yield made
    made.region.close()
    made.store.close()


def test_a_component_is_asked_by_its_name(sleeper: Sleeper) -> None:
    assert sleeper.ask().status_code == 200
    for component, said in (
        ("", "Inference Component Name header is required"),
        ("other", "Inference Component other of account 123456789012 not found."),
    ):
        _, kind, message = read_error(sleeper.ask(component))
        assert (kind, message[: len(said)]) == ("ValidationError", said)


def test_it_falls_asleep_and_is_woken_by_being_asked(sleeper: Sleeper) -> None:
    sleeper.wire()
    assert sleeper.ask().status_code == 200
    sleeper.until(0)
    assert len(sleeper.store.instances()) == 0
    _, kind, message = read_error(sleeper.ask())
    assert (kind, "no capacity to process this request" in message) == ("ValidationError", True)
    sleeper.until(1)
    assert sleeper.ask().status_code == 200


def test_without_an_alarm_on_what_found_no_copy_nothing_wakes_it(sleeper: Sleeper) -> None:
    sleeper.wire(metric="Invocations")
    sleeper.until(0)
    assert sleeper.ask().status_code == 400
    time.sleep(2 * WAKE_S + 1)
    assert (sleeper.copies, sleeper.ask().status_code) == (0, 400)


def test_a_model_of_its_own_is_asked_without_a_name(tmp_path: Path) -> None:
    region = Region(tmp_path)
    try:
        body = json.dumps({"messages": []}).encode()
        headers = signed(region.role, SAGEMAKER_HOST, TARGET, body, headers={HEADER: "chat-blue"})
        _, kind, message = read_error(region.send(SAGEMAKER_HOST, TARGET, body, headers))
        assert kind == "ValidationError"
        assert message.startswith("Inference Component Name header is not allowed for endpoints")
    finally:
        region.close()


def _component() -> dict[str, Any]:
    takes = {"NumberOfAcceleratorDevicesRequired": 1, "MinMemoryRequiredInMb": 1024}
    return {
        "InferenceComponentName": "chat-blue",
        "InferenceComponentArn": f"{ARN}:inference-component/chat-blue",
        "EndpointName": "chat-blue",
        "InferenceComponentStatus": "InService",
        "Specification": {"ModelName": "chat-1", "ComputeResourceRequirements": takes},
        "RuntimeConfig": {"DesiredCopyCount": 1, "CurrentCopyCount": 1},
        "tags": {},
    }
