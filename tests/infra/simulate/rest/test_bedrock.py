"""The simulated Bedrock refuses what botocore's model of it rules out, and who signs for another region."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from tests.infra.simulate.live.services.signing import signed

from llmdeploy.infra.simulate.live.services.configuration import Role
from llmdeploy.infra.simulate.rest.server import RestServer
from llmdeploy.infra.simulate.rest.variables import KEY

TOKEN = "the token of this test"
ROLE = "arn:aws:iam::123456789012:role/reader"
GOOD: dict[str, Any] = {
    "jobName": "chat-blue-1",
    "importedModelName": "chat-blue",
    "roleArn": ROLE,
    "modelDataSource": {"s3DataSource": {"s3Uri": "s3://acme-models/chat"}},
    "importedModelTags": [{"key": "llmdeploy:stack", "value": "dev"}],
}
UNKNOWN_ROLE = "Could not assume the provided IAM role."
"""What a good request meets where nothing was made before."""
BROKEN: list[tuple[str, Any]] = [
    *((name, None) for name in ("jobName", "importedModelName", "roleArn", "modelDataSource")),
    *(("jobName", value) for value in ("", "-chat", "chat blue", "chat_blue", "x" * 64, 7)),
    *(("importedModelName", value) for value in ("", "chat--blue", "chat/blue", "-chat", "x" * 64, ["chat"])),
    *(
        ("roleArn", value)
        for value in ("reader", "arn:aws:iam::123:role/reader", "arn:aws:s3:::acme-models", 1)
    ),
    *(
        ("modelDataSource.s3DataSource.s3Uri", value)
        for value in (
            None,
            "",
            "gs://acme-models/chat",
            "acme-models/chat",
            "s3://A/chat",
            "s3://acme-models//chat",
        )
    ),
    ("importedModelTags", [{"key": "llmdeploy:stack"}]),
    ("importedModelTags", [{"key": "", "value": "dev"}]),
    ("importedModelTags", [{"key": "stack", "value": "dev!"}]),
    ("importedModelTags", [{"key": "stack", "value": "x" * 257}]),
    ("jobTags", [{"key": "k", "value": "v"}] * 201),
    ("clientRequestToken", "-"),
    ("importedModelKmsKeyId", "not a key!"),
    ("vpcConfig", {"subnetIds": ["subnet-1"]}),
    ("vpcConfig", {"subnetIds": [], "securityGroupIds": ["sg-1"]}),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = RestServer(tmp_path_factory.mktemp("clouds"), TOKEN)
    yield server.address
    server.close()


@cache
def client(address: str, region: str = "us-east-1", *, signed_for: str = "", secret: str = TOKEN) -> Any:
    """One that checks nothing itself."""
    return boto3.session.Session().client(
        "bedrock",
        region_name=signed_for or region,
        endpoint_url=f"{address}/bedrock.{region}.amazonaws.com",
        aws_access_key_id=KEY,
        aws_secret_access_key=secret,
        config=Config(
            signature_version="v4",
            parameter_validation=False,
            proxies={},
            retries={"total_max_attempts": 1},
        ),
    )


def refusal(asked: Any, operation: str, **request: Any) -> tuple[str, str, int]:
    """Code, sentence and HTTP status."""
    with pytest.raises(ClientError) as refused:
        getattr(asked, operation)(**request)
    response = refused.value.response
    error = response["Error"]
    return error["Code"], error["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


def broken(path: str, value: Any) -> dict[str, Any]:
    """The good request with one member changed; None: without it."""
    request = copy.deepcopy(GOOD)
    *before, last = path.split(".")
    inner = request
    for step in before:
        inner = inner[step]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return request


def test_a_good_request_gets_as_far_as_its_role(address: str) -> None:
    assert refusal(client(address), "create_model_import_job", **GOOD) == (
        "ValidationException",
        UNKNOWN_ROLE,
        400,
    )


@pytest.mark.parametrize(("path", "value"), BROKEN, ids=lambda part: str(part)[:40])
def test_a_broken_request_is_refused_by_the_model(address: str, path: str, value: Any) -> None:
    code, said, status = refusal(client(address), "create_model_import_job", **broken(path, value))
    assert (code, status) == ("ValidationException", 400)
    assert "failed to satisfy constraint" in said
    assert path.partition(".")[0] in said


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("modelDataSource", "s3://acme-models/chat"),
        ("importedModelTags", {"llmdeploy:stack": "dev"}),
        ("importedModelTags", ["dev"]),
    ],
)
def test_a_member_of_another_type_is_refused(address: str, path: str, value: Any) -> None:
    """botocore cannot write one."""
    host, body = address.removeprefix("http://"), json.dumps(broken(path, value)).encode()
    target = "/bedrock.us-east-1.amazonaws.com/model-import-jobs"
    role = Role(access_key_id=KEY, secret_access_key=TOKEN, session_token="")
    headers = signed(role, host, target, body, service="bedrock")
    answer = httpx.post(f"{address}{target}", content=body, headers=headers)
    assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert path in answer.json()["message"]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"signed_for": "us-west-2"}, "InvalidSignatureException"),
        ({"secret": "another"}, "InvalidSignatureException"),
    ],
)
def test_who_signs_for_another_region_or_with_another_key_is_refused(
    address: str, how: dict[str, str], code: str
) -> None:
    found, said, status = refusal(client(address, **how), "list_imported_models")
    assert (found, status) == (code, 403)
    assert TOKEN not in said


def test_a_region_without_imports_says_so(address: str) -> None:
    code, said, _ = refusal(client(address, "eu-west-1"), "list_imported_models")
    assert (code, said) == ("ValidationException", "Custom model import is not supported in this region.")


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("get_imported_model", {"modelIdentifier": "chat-blue"}),
        ("delete_imported_model", {"modelIdentifier": "chat-blue"}),
        (
            "get_model_import_job",
            {"jobIdentifier": "arn:aws:bedrock:us-east-1:123456789012:model-import-job/0123456789ab"},
        ),
        (
            "list_tags_for_resource",
            {"resourceARN": "arn:aws:bedrock:us-east-1:123456789012:imported-model/0123456789ab"},
        ),
    ],
)
def test_what_is_not_there_is_not_found(address: str, operation: str, request_: dict[str, str]) -> None:
    code, _, status = refusal(client(address), operation, **request_)
    assert (code, status) == ("ResourceNotFoundException", 404)
