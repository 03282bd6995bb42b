"""What a state says of a deployment as a whole."""

from __future__ import annotations

import pytest

from llmdeploy.infra.state.deployed import is_protected, plan_in

STACK = "pulumi:pulumi:Stack"
PLAN = {
    "spec_digest": "d",
    "model": "m",
    "served_name": "m",
    "context_length": 1,
    "framework": "vllm",
    "framework_version": "1",
    "quantization": "fp8",
    "policy": "nearest",
    "auth": "api-key",
}


def state(*resources):
    return {"deployment": {"resources": list(resources)}}


@pytest.mark.parametrize(
    ("inputs", "protected"),
    [
        ({"enableDeletionProtection": True}, True),
        ({"deletionProtection": True}, True),
        ({"enableDeletionProtection": False}, False),
        (None, False),
    ],
)
def test_protected_is_what_a_cloud_keeps_from_being_deleted(inputs, protected):
    assert is_protected(state({"type": STACK}, {"type": "t", "inputs": inputs})) is protected


def test_the_plan_is_an_output_of_the_stack():
    assert plan_in(state({"type": STACK, "outputs": {"plan": PLAN}})).model == "m"
    of_another_version = {"type": STACK, "outputs": {"plan": {"model": "m"}}}
    not_the_stack = {"type": "t", "outputs": {"plan": PLAN}}
    for each in (of_another_version, not_the_stack, {"type": STACK}):
        assert plan_in(state(each)) is None
    assert plan_in({}) is None
