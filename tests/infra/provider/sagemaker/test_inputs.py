"""What a component may be given, before anybody is asked."""

from __future__ import annotations

from typing import Any

import pytest

from llmdeploy.infra.provider import checking
from llmdeploy.infra.provider.resource import UNKNOWN
from llmdeploy.infra.provider.sagemaker.component import InferenceComponentInputs, InferenceComponentResource

GOOD: dict[str, Any] = {
    "region": "us-east-1",
    "name": "chat-blue",
    "endpoint": "chat-blue",
    "variant": "replicas",
    "model": "chat-blue-1a2b3c4",
    "accelerators": 1,
    "memory_mib": 1024,
    "download_timeout_s": 600,
    "startup_timeout_s": 900,
    "tags": {"llmdeploy:stack": "dev"},
}


def resource() -> InferenceComponentResource:
    def nobody() -> Any:
        raise AssertionError("nobody is asked")

    return InferenceComponentResource(nobody)


def test_what_is_declared_is_taken() -> None:
    assert list(checking.failures(InferenceComponentInputs, GOOD)) == []


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"region": "everywhere"}, "region"),
        ({"name": "chat_blue"}, "name"),
        ({"name": "x" * 64}, "name"),
        ({"endpoint": ""}, "endpoint"),
        ({"accelerators": 0}, "accelerators"),
        ({"memory_mib": 100}, "memory_mib"),
        ({"startup_timeout_s": 30}, "startup_timeout_s"),
        ({"download_timeout_s": 7200}, "download_timeout_s"),
        ({"copies": 0}, "copies"),
        ({"tags": {"stack!": "dev"}}, "tags"),
        ({"flavour": "large"}, "flavour"),
    ],
)
def test_what_sagemaker_would_refuse_is_refused(changed: dict[str, Any], path: str) -> None:
    (found, *_) = checking.failures(InferenceComponentInputs, {**GOOD, **changed})
    assert found[0].startswith(path)


def test_only_where_it_is_makes_another_of_it() -> None:
    assert resource().replace_on == {"region", "name", "endpoint", "variant"}
    assert resource().resource_id(GOOD) == "us-east-1/chat-blue"


def test_a_preview_knows_no_arn_before_there_is_one() -> None:
    assert resource().preview(GOOD, {})["arn"] == UNKNOWN
