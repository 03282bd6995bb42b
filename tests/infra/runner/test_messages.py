"""What is left of an error when the wrappings are off."""

from __future__ import annotations

import pytest

from llmdeploy.infra.runner.messages import provider_message


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Unexpected <class 'RuntimeError'>: boom\nline two\n", "boom\nline two"),
        ("Exception calling application: no port left", "no port left"),
        (
            "creating urn:pulumi:dev::p::aws:ec2/vpc:Vpc::v: 1 error occurred:\n\t* creating VPC: limit\n\n",
            "creating VPC: limit",
        ),
        (
            "probe:index:Thing resource 'c': property value value {sk-secret} has a problem: is bad",
            "value: is bad",
        ),
        ("aws:s3:Bucket resource 'b' has a problem: Missing required argument", "Missing required argument"),
        ("rpc error: code = Unknown desc = broken", "broken"),
        ("replica a-0 exited: port 8000 is taken", "replica a-0 exited: port 8000 is taken"),
    ],
)
def test_the_providers_own_words_are_left(said: str, shown: str) -> None:
    assert provider_message(said) == shown
