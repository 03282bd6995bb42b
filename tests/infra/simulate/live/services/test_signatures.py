"""Who may call AWS's services: every way in which a signature can be wrong, in the words of AWS."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from botocore.parsers import create_parser
from tests.infra.simulate.live.services.region import ACCOUNT, SAGEMAKER_HOST, Region
from tests.infra.simulate.live.services.signing import signed

TARGET = "/endpoints/chat-blue/invocations"
BODY = json.dumps({"model": "chat", "messages": [{"role": "user", "content": "hi"}]}).encode()
MINUTES = datetime.timedelta(minutes=1)


def read_error(answer: Any) -> tuple[int, str, str]:
    """An error as botocore's clients see it: status, code, message."""
    parsed = create_parser("rest-json").parse(
        {"status_code": answer.status_code, "headers": answer.headers, "body": answer.content}, None
    )
    return answer.status_code, parsed["Error"]["Code"], parsed["Error"]["Message"]


def test_a_right_signature_is_taken(region: Region) -> None:
    answer = region.send(SAGEMAKER_HOST, TARGET, BODY, signed(region.role, SAGEMAKER_HOST, TARGET, BODY))
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-llmdeploy-simulated"] == "sagemaker us-east-1"
    assert json.loads(answer.content)["path"] == "/v1/chat/completions"


@pytest.mark.parametrize(
    ("wrong", "code", "message"),
    [
        ({"region": "us-west-2"}, "InvalidSignatureException", "valid region, not 'us-west-2'"),
        ({"service": "bedrock"}, "InvalidSignatureException", "scoped to correct service: 'sagemaker'"),
        ({"moved": -6 * MINUTES}, "InvalidSignatureException", "Signature expired: "),
        ({"moved": 6 * MINUTES}, "InvalidSignatureException", "Signature not yet current: "),
    ],
)
def test_a_signature_for_something_else_is_refused(
    region: Region, wrong: dict[str, Any], code: str, message: str
) -> None:
    headers = signed(region.role, SAGEMAKER_HOST, TARGET, BODY, **wrong)
    status, found, text = read_error(region.send(SAGEMAKER_HOST, TARGET, BODY, headers))
    assert (status, found) == (403, code)
    assert message in text


@pytest.mark.parametrize("moved", [-4 * MINUTES, 4 * MINUTES])
def test_a_clock_may_be_off_by_less_than_five_minutes(region: Region, moved: datetime.timedelta) -> None:
    headers = signed(region.role, SAGEMAKER_HOST, TARGET, BODY, moved=moved)
    assert region.send(SAGEMAKER_HOST, TARGET, BODY, headers).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("access_key_id", "ASIA0000000000000000"), ("session_token", "simulated-another")],
)
def test_credentials_that_nobody_has_are_refused(region: Region, field: str, value: str) -> None:
    headers = signed(region.role.model_copy(update={field: value}), SAGEMAKER_HOST, TARGET, BODY)
    assert read_error(region.send(SAGEMAKER_HOST, TARGET, BODY, headers)) == (
        403,
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


@pytest.mark.parametrize("changed", ["secret", "body", "path", "header"])
def test_what_was_not_signed_is_refused(region: Region, changed: str) -> None:
    role, target, body = region.role, TARGET, BODY
    if changed == "secret":
        role = role.model_copy(update={"secret_access_key": "another"})
    headers = signed(role, SAGEMAKER_HOST, TARGET, BODY, headers={"x-trace": "a"})
    if changed == "body":
        body = BODY.replace(b"hi", b"ho")
    elif changed == "path":
        target = f"{TARGET}?a=b"
    elif changed == "header":
        headers["x-trace"] = "b"
    status, code, text = read_error(region.send(SAGEMAKER_HOST, target, body, headers))
    assert (status, code) == (403, "InvalidSignatureException")
    assert text.startswith("The request signature we calculated does not match the signature you provided.")


def test_a_digest_that_is_only_claimed_is_not_taken(region: Region) -> None:
    headers = signed(
        region.role, SAGEMAKER_HOST, TARGET, BODY, headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    )
    assert region.send(SAGEMAKER_HOST, TARGET, BODY, headers).status_code == 403


def test_nobody_and_nonsense_are_refused(region: Region) -> None:
    unsigned = read_error(region.send(SAGEMAKER_HOST, TARGET, BODY, {"content-type": "application/json"}))
    assert unsigned == (403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    status, code, _ = read_error(region.send(SAGEMAKER_HOST, TARGET, BODY, {"authorization": "Bearer abc"}))
    assert (status, code) == (403, "IncompleteSignatureException")


def test_the_log_holds_no_credentials(region: Region) -> None:
    headers = signed(region.role, SAGEMAKER_HOST, TARGET, BODY)
    region.send(SAGEMAKER_HOST, TARGET, BODY, headers)
    log = region.log.read_text()
    assert f"POST {SAGEMAKER_HOST} {TARGET} 200 us-east-1-" in log
    for secret in (*region.role.model_dump().values(), headers["Authorization"].rpartition("=")[2], ACCOUNT):
        assert secret not in log
