"""Bedrock's runtime for imported models."""

from __future__ import annotations

import base64
import json
import time
import urllib.parse

import httpx
import pytest
from botocore.eventstream import EventStreamBuffer
from tests.infra.simulate.live.services.region import ARN, BEDROCK_HOST, Region
from tests.infra.simulate.live.services.signing import signed
from tests.infra.simulate.live.services.test_signatures import read_error


def call(
    region: Region,
    said: str,
    operation: str = "invoke",
    arn: str = ARN,
    service: str = "bedrock",
    signed_in: str = "us-east-1",
) -> httpx.Response:
    stream = {"stream": True} if operation != "invoke" else {}
    body = json.dumps({"messages": [{"role": "user", "content": said}], **stream}).encode()
    target = f"/model/{urllib.parse.quote(arn, safe='')}/{operation}"
    headers = signed(region.role, BEDROCK_HOST, target, body, service=service, region=signed_in)
    return region.send(BEDROCK_HOST, target, body, headers)


@pytest.fixture
def awake(region: Region) -> Region:
    deadline = time.monotonic() + 10
    while call(region, "hi").status_code == 429:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return region


def test_a_model_that_was_asleep_is_not_ready_at_first(region: Region) -> None:
    idle = [each.model_copy(update={"idle_s": 0.2}) for each in region.told.endpoints]
    region.tell(region.told.model_copy(update={"endpoints": tuple(idle)}))
    time.sleep(0.3)
    assert read_error(call(region, "hi"))[:2] == (429, "ModelNotReadyException")
    deadline = time.monotonic() + 10
    while call(region, "hi").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_answers_whole_and_in_chunks_of_json(awake: Region) -> None:
    whole = call(awake, "hi")
    assert (whole.status_code, whole.json()["path"]) == (200, "/v1/chat/completions")
    buffer = EventStreamBuffer()
    streamed = call(awake, "hi", "invoke-with-response-stream")
    buffer.add_data(streamed.content)
    events = list(buffer)
    assert {event.headers[":event-type"] for event in events} == {"chunk"}
    words = [
        json.loads(base64.b64decode(json.loads(event.payload)["bytes"]))["choices"][0]["delta"]["content"]
        for event in events
    ]
    assert words == ["Hello", "wörld"]


def test_refusals_are_those_of_the_service(awake: Region) -> None:
    assert read_error(call(awake, "hi", arn=f"{ARN[:-1]}0"))[:2] == (404, "ResourceNotFoundException")
    assert read_error(call(awake, "hi", service="sagemaker"))[:2] == (403, "InvalidSignatureException")
    assert read_error(call(awake, "hi", signed_in="us-west-2"))[:2] == (403, "InvalidSignatureException")
    assert read_error(call(awake, "refuse 400"))[:2] == (400, "ValidationException")
    assert read_error(call(awake, "refuse 500"))[:2] == (424, "ModelErrorException")
    assert read_error(call(awake, "wait 5"))[:2] == (408, "ModelTimeoutException")
    awake.refuse("throttled", name="bedrock")
    assert read_error(call(awake, "hi"))[:2] == (429, "ThrottlingException")
