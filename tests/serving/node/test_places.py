"""Names that a stack, a node and `weights push` must agree on."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from llmdeploy.serving.node.places import (
    bucket_name,
    in_container,
    model_prefix,
    node_folder,
    reference_file,
)

LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
REGION = st.sampled_from(["aws/us-east-1", "gcp/northamerica-northeast1", "aws/ap-southeast-1"])


@given(LABEL, REGION, st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_a_bucket_name_is_one_that_both_clouds_take(stack: str, region: str, account: str) -> None:
    name = bucket_name(stack, region, account)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", name)
    assert "google" not in name
    assert name.endswith(region.partition("/")[2])


def test_a_bucket_name_differs_by_stack_region_and_account() -> None:
    names = {
        bucket_name(stack, region, account)
        for stack in ("chat", "chat-dev")
        for region in ("aws/us-east-1", "aws/us-east-2")
        for account in ("1", "2")
    }
    assert len(names) == 8
    assert bucket_name("chat", "aws/us-east-1", "123456789012") == "llmdeploy-chat-422b4d84-us-east-1"


def test_a_hub_model() -> None:
    assert model_prefix("Qwen/Qwen3-8B", None) == "models/Qwen/Qwen3-8B/main"
    assert node_folder("Qwen/Qwen3-8B", "pr/1") == "hub/models--Qwen--Qwen3-8B/snapshots/pr-1"
    assert reference_file("Qwen/Qwen3-8B", "pr/1") == "hub/models--Qwen--Qwen3-8B/refs/pr/1"
    assert in_container("Qwen/Qwen3-8B") == "Qwen/Qwen3-8B"


def test_a_folder_goes_by_its_name_wherever_it_lies() -> None:
    assert model_prefix("/home/me/tuned", None) == model_prefix("./tuned", None) == "models/tuned/main"
    assert in_container("../tuned") == "/weights/folders/tuned"
    assert reference_file("./tuned", None) is None
