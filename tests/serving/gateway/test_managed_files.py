"""What a plan with managed endpoints puts into a gateway's files; the frames of the tests are Amazon's."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.eventstream import EventStreamBuffer
from tests.serving.gateway.event_stream import cut, event, failure
from tests.serving.gateway.test_clouds import plan_of

from llmdeploy.serving.gateway import cloud
from llmdeploy.serving.plan.model import VersionPlan

SPEC = """\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
variant: managed
regions:
  - aws/us-east-1
  - name: aws/us-west-2
    variant: self-hosted
    role: overflow
  - name: gcp/europe-west4
    role: failover
"""


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    plan = plan_of(tmp_path_factory.mktemp("spec"), SPEC)
    return {region.name: cloud.gateway_objects(plan, region, None) for region in plan.regions}


def test_each_region_reaches_its_own_replicas_in_its_way(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, SPEC)
    found = {
        region.name: [
            (relay.port, relay.host, relay.managed and relay.managed.service)
            for relay in cloud.region_relays(plan, region, None)
            if relay.region == region.name
        ]
        for region in plan.regions
    }
    assert found == {
        "aws/us-east-1": [(18000, "runtime.sagemaker.us-east-1.amazonaws.com", "sagemaker")],
        "aws/us-west-2": [(18001, "fleet.chat.llmdeploy.internal", None)],
        "gcp/europe-west4": [(18002, "{endpoint-host.blue}", "vertex")],
    }


def test_a_rollout_to_a_managed_endpoint_fills_the_other_slot(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, SPEC)
    managed, own = plan.regions[0], plan.regions[1]
    fresh = managed.model_copy(update={"slot": "green"})
    moved = own.model_copy(
        update={
            "name": managed.name,
            "location": managed.location,
            "beside": VersionPlan(role="canary", revision="0123456789ab", percent=5, region=fresh),
        }
    )
    plan = plan.model_copy(update={"regions": (moved, *plan.regions[2:])})
    relays = [each for each in cloud.region_relays(plan, moved, None) if each.region == moved.name]
    found = [(each.name, each.port, each.host, each.managed and each.managed.path) for each in relays]
    assert found == [
        ("relay.aws/us-east-1", 18000, "fleet.chat.llmdeploy.internal", None),
        (
            "relay.aws/us-east-1.green",
            18500,
            "runtime.sagemaker.us-east-1.amazonaws.com",
            "/endpoints/chat-green",
        ),
    ]
    assert "probe.relay.aws/us-east-1.green" in cloud.gateway_objects(plan, moved, None)["clusters.yaml"]


def test_a_file_of_tokens_is_a_template_and_stands_before_who_reads_it(
    objects: dict[str, dict[str, str]],
) -> None:
    named = {region: [name for name in texts if "token" in name] for region, texts in objects.items()}
    assert named == {
        "aws/us-east-1": [],
        "aws/us-west-2": [],
        "gcp/europe-west4": ["access-token.yaml.template"],
    }
    texts = objects["gcp/europe-west4"]
    assert "Bearer {access-token}" in texts["access-token.yaml.template"]
    assert list(texts).index("access-token.yaml.template") < list(texts).index("listeners.yaml")


def test_what_is_known_only_later_is_a_placeholder(objects: dict[str, dict[str, str]]) -> None:
    texts = objects["gcp/europe-west4"]
    assert "prefix_rewrite: '{endpoint-path.blue}/v1/'" in texts["listeners.yaml"]
    assert "address: '{endpoint-host.blue}'" in texts["clusters.yaml"]
    assert not any("{endpoint" in text for text in objects["aws/us-east-1"].values())


def test_the_overflow_region_hands_its_own_requests_to_a_primary(objects: dict[str, dict[str, str]]) -> None:
    text = objects["aws/us-west-2"]["endpoints.aws-us-west-2.yaml"]
    order = [text.index(name) for name in ("region: aws/us-east-1", "region: aws/us-west-2", "region: gcp/")]
    assert order == sorted(order)


def test_frames_are_those_that_botocore_reads() -> None:
    data = event("PayloadPart", b"data: x\n\n") + failure("ModelStreamError", b"{}")
    reader = EventStreamBuffer()
    for piece in cut(data, [1, 5, 2]):
        reader.add_data(piece)
    first, second = list(reader)
    assert (first.headers[":event-type"], first.payload) == ("PayloadPart", b"data: x\n\n")
    assert (second.headers[":message-type"], second.headers[":tries"]) == ("exception", 42)
