"""What an import may be given, before anybody is asked."""

from __future__ import annotations

from typing import Any

import pytest

from llmdeploy.infra.provider import checking
from llmdeploy.infra.provider.bedrock.imported import BedrockImportInputs, BedrockImportResource
from llmdeploy.infra.provider.resource import UNKNOWN

GOOD: dict[str, Any] = {
    "region": "us-east-1",
    "name": "chat-blue",
    "role_arn": "arn:aws:iam::123456789012:role/reader",
    "source": "s3://acme-models/chat",
    "tags": {"llmdeploy:stack": "dev"},
}


def resource() -> BedrockImportResource:
    def nobody() -> Any:
        raise AssertionError("nobody is asked")

    return BedrockImportResource(nobody)


def test_what_is_declared_is_taken() -> None:
    assert list(checking.failures(BedrockImportInputs, GOOD)) == []


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"region": "everywhere"}, "region"),
        ({"name": "Chat"}, "name"),
        ({"name": "chat--blue"}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"role_arn": "reader"}, "role_arn"),
        ({"source": "acme/chat"}, "source"),
        ({"source": "gs://acme-models/chat"}, "source"),
        ({"tags": {"stack!": "dev"}}, "tags"),
        ({"tags": {"stack": "x" * 257}}, "tags"),
        ({"flavour": "large"}, "flavour"),
    ],
)
def test_what_bedrock_would_refuse_is_refused(changed: dict[str, Any], path: str) -> None:
    (found, *_) = checking.failures(BedrockImportInputs, {**GOOD, **changed})
    assert found[0].startswith(path)


def test_what_the_model_is_made_of_makes_another_and_all_else_does_not() -> None:
    inputs = {**checking.defaults(BedrockImportInputs, GOOD), **GOOD}
    identity = resource().resource_id(inputs)
    for same in ({"tags": {}}, {"role_arn": "arn:aws:iam::123456789012:role/other"}):
        assert resource().resource_id({**inputs, **same}) == identity
    for other in (
        {"source": "s3://acme-models/other"},
        {"region": "us-west-2"},
        {"kms_key": "arn:aws:kms:k"},
    ):
        assert resource().resource_id({**inputs, **other}) != identity


def test_a_preview_knows_no_arn_before_there_is_one() -> None:
    assert resource().preview(GOOD, {})["path"] == UNKNOWN
    arn = "arn:aws:bedrock:us-east-1:123456789012:imported-model/0123456789ab"
    assert resource().preview(GOOD, {"arn": arn})["path"].startswith("/model/arn%3Aaws%3Abedrock%3A")
