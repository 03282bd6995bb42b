"""SageMaker's runtime: whole answers, streams, and what it refuses."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from botocore.eventstream import EventStreamBuffer
from tests.infra.simulate.live.services.container import STREAM
from tests.infra.simulate.live.services.region import ACCOUNT, SAGEMAKER_HOST, Region
from tests.infra.simulate.live.services.signing import signed
from tests.infra.simulate.live.services.test_signatures import read_error

WHOLE, STREAMED = "invocations", "invocations-response-stream"


def call(
    region: Region, said: str, operation: str = WHOLE, name: str = "chat-blue", **more: Any
) -> httpx.Response:
    body = json.dumps({"messages": [{"role": "user", "content": said}], **more}).encode()
    return send(region, body, operation, name)


def send(region: Region, body: bytes, operation: str = WHOLE, name: str = "chat-blue") -> httpx.Response:
    target = f"/endpoints/{name}/{operation}"
    return region.send(SAGEMAKER_HOST, target, body, signed(region.role, SAGEMAKER_HOST, target, body))


def frames(answer: httpx.Response) -> list[Any]:
    """The frames of a stream; botocore checks every sum."""
    buffer = EventStreamBuffer()
    buffer.add_data(answer.content)
    return list(buffer)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"messages": []}, "/v1/chat/completions"),
        ({"prompt": "a"}, "/v1/completions"),
        ({"input": "a"}, "/v1/embeddings"),
    ],
)
def test_the_container_sees_the_body_and_no_header_of_the_client(
    region: Region, body: dict[str, Any], path: str
) -> None:
    answer = send(region, json.dumps(body).encode())
    assert answer.headers["x-amzn-invoked-production-variant"] == "AllTraffic"
    assert answer.json()["path"] == path
    container = region.containers[answer.headers["x-llmdeploy-replica"]]
    seen_path, headers = container.seen[-1]
    assert seen_path == path
    assert not {"authorization", "x-amz-date", "x-amz-security-token"} & headers.keys()


def test_a_stream_comes_in_parts_that_join_to_what_the_container_wrote(region: Region) -> None:
    answer = call(region, "hi", STREAMED, stream=True)
    assert answer.headers["content-type"] == "application/vnd.amazon.eventstream"
    assert answer.headers["x-amzn-sagemaker-content-type"] == "text/event-stream"
    parts = frames(answer)
    assert {part.headers[":event-type"] for part in parts} == {"PayloadPart"}
    assert {part.headers[":message-type"] for part in parts} == {"event"}
    assert b"".join(part.payload for part in parts) == STREAM.encode()
    assert any(not part.payload.endswith(b"\n\n") for part in parts), (
        "a part need not end where an event does"
    )


def test_a_stream_that_breaks_ends_with_an_error(region: Region) -> None:
    *parts, last = frames(call(region, "break", STREAMED, stream=True))
    assert parts
    assert (last.headers[":message-type"], last.headers[":exception-type"]) == (
        "exception",
        "ModelStreamError",
    )
    assert json.loads(last.payload)["ErrorCode"] == "StreamBroken"


@pytest.mark.parametrize("operation", [WHOLE, STREAMED])
@pytest.mark.parametrize(("status", "who"), [(400, "client"), (503, "server")])
def test_an_error_of_the_model_is_told_with_what_it_was(
    region: Region, operation: str, status: int, who: str
) -> None:
    answer = call(region, f"refuse {status}", operation)
    assert read_error(answer)[:2] == (424, "ModelError")
    said = answer.json()
    assert said["OriginalStatusCode"] == status
    assert said["OriginalMessage"] == '{"error": {"message": "too long"}}'
    assert said["Message"].startswith(f"Received {who} error ({status}) from primary with message")


@pytest.mark.parametrize("operation", [WHOLE, STREAMED])
def test_an_answer_that_takes_too_long_is_cut(region: Region, operation: str) -> None:
    begun = time.monotonic()
    answer = call(region, "wait 12", operation)
    assert time.monotonic() - begun < 10
    assert answer.status_code == 424
    assert answer.json()["OriginalStatusCode"] == 0
    assert "Your invocation timed out while waiting for a response from container primary" in answer.text


def test_a_body_that_is_too_long_is_refused(region: Region) -> None:
    answer = send(region, b"x" * 6291457)
    assert (answer.status_code, answer.json()["message"]) == (
        413,
        "HTTP content length exceeded 6291456 bytes.",
    )


def test_an_endpoint_that_is_not_there_is_refused_and_one_that_is_deleted_too(region: Region) -> None:
    name = "chat-green"
    assert read_error(call(region, "hi", name=name)) == (
        400,
        "ValidationError",
        f"Endpoint {name} of account {ACCOUNT} not found.",
    )
    made = region.told.endpoints[0].model_copy(update={"name": name, "record": region.record("another")})
    region.tell(region.told.model_copy(update={"endpoints": (*region.told.endpoints, made)}))
    assert call(region, "hi", name=name).status_code == 200
    region.lose(made.record)
    assert read_error(call(region, "hi", name=name))[:2] == (400, "ValidationError")


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("throttled", 400, "ThrottlingException"),
        ("unavailable", 503, "ServiceUnavailable"),
        ("not-ready", 429, "ModelNotReadyException"),
        ("expired", 403, "ExpiredTokenException"),
        ("model-error", 424, "ModelError"),
    ],
)
def test_calls_are_refused_on_purpose_as_often_as_was_said(
    region: Region, kind: str, status: int, code: str
) -> None:
    region.refuse(kind, name="chat-blue", region="us-east-1", times=2)
    assert [read_error(call(region, "hi"))[:2] for _ in range(2)] == [(status, code)] * 2
    assert call(region, "hi").status_code == 200
    region.refuse(kind, region="us-west-2")
    assert call(region, "hi").status_code == 200


def test_the_instance_with_the_least_in_flight_answers(region: Region) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: call(region, "wait 0.5"), range(4)))
    served = [answer.headers["x-llmdeploy-replica"] for answer in answers]
    assert sorted(served) == ["us-east-1-0", "us-east-1-0", "us-east-1-1", "us-east-1-1"]


def test_an_instance_that_is_gone_is_passed_by_and_without_any_the_service_is_unavailable(
    region: Region,
) -> None:
    from llmdeploy.infra.provider.ports import choose_port

    one = region.told.endpoints[0]
    half = one.model_copy(update={"instances": {**one.instances, "us-east-1-0": choose_port()}})
    region.tell(region.told.model_copy(update={"endpoints": (half,)}))
    served = {call(region, "hi").headers["x-llmdeploy-replica"] for _ in range(4)}
    assert served == {"us-east-1-1"}
    none = one.model_copy(update={"instances": {"us-east-1-0": choose_port()}})
    region.tell(region.told.model_copy(update={"endpoints": (none,)}))
    assert read_error(call(region, "hi"))[:2] == (503, "ServiceUnavailable")
