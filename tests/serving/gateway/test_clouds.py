"""The gateways of three cloud regions find each other by name, over TLS, with a key of their own."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.serving.gateway.clouds import Clouds, clouds
from tests.serving.gateway.live import http_get, wait_until

from llmdeploy.serving.gateway import cloud
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan

HERE, NEXT, THIRD = "aws/us-east-1", "aws/us-west-2", "gcp/europe-west4"
MACHINE = Machine(cpus=2, memory_gib=8, gpus=0, vllm_python="", smollm2="missing")
SPEC = f"""\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
regions: [{HERE}, {NEXT}, {THIRD}]
residency: {{eu: [{THIRD}]}}
"""


def plan_of(tmp_path: Path, text: str = SPEC) -> Plan:
    spec = tmp_path / "chat.yaml"
    spec.write_text(text)
    return build_plan(load_spec(str(spec)), MACHINE)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clouds]:
    with clouds(plan_of(tmp_path_factory.mktemp("spec"))) as running:
        yield running


def test_each_region_answers_from_its_own_fleet(three: Clouds) -> None:
    found = {region: three.chat(region).headers["x-llmdeploy-region"] for region in three.regions}
    assert found == {region: region for region in three.regions}


def test_only_the_keys_are_let_in(three: Clouds) -> None:
    assert three.chat(HERE, {"Authorization": "Bearer nobody"}).status_code == 401
    assert three.chat(HERE, {"Authorization": "Bearer sk-peer"}).status_code == 200


def test_a_marked_request_is_answered_in_its_regions_alone(three: Clouds) -> None:
    assert three.chat(HERE, {"x-residency": "eu"}).headers["x-llmdeploy-region"] == THIRD
    refused = three.chat(HERE, {"x-residency": "mars"})
    assert (refused.status_code, "mark" in refused.text) == (400, True)


def test_a_replica_never_sees_a_key(three: Clouds) -> None:
    three.chat(HERE, {"x-residency": "eu"})
    calls = (three.ca_file.parent / "calls.jsonl").read_text()
    assert calls
    assert "sk-" not in calls


def test_a_lost_fleet_is_served_by_the_next_region_and_never_sent_in_circles(tmp_path: Path) -> None:
    with clouds(plan_of(tmp_path)) as running:
        running.regions[HERE].replica.signal(signal.SIGKILL)
        assert running.chat(HERE).headers["x-llmdeploy-region"] == NEXT
        running.regions[NEXT].replica.signal(signal.SIGKILL)
        wait_until(lambda: running.chat(HERE).status_code == 200, "the third region answers")
        assert running.chat(HERE).headers["x-llmdeploy-region"] == THIRD
        running.regions[THIRD].replica.signal(signal.SIGKILL)
        gateways = [region.gateway_port for region in running.regions.values()]
        wait_until(lambda: all(http_get(port, "/health")[0] == 503 for port in gateways), "all see it")
        assert running.chat(HERE).status_code == 503
        running.regions[HERE].replica.start()
        wait_until(lambda: running.chat(THIRD).status_code == 200, "the first region serves the third's")


def test_a_marked_request_fails_rather_than_leave_its_regions(tmp_path: Path) -> None:
    with clouds(plan_of(tmp_path)) as running:
        running.regions[THIRD].replica.signal(signal.SIGKILL)
        wait_until(lambda: running.chat(HERE, {"x-residency": "eu"}).status_code == 503, "eu is lost")
        assert running.chat(HERE).status_code == 200


def test_the_files_hold_no_key(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    objects = cloud.gateway_objects(plan, plan.regions[0], None)
    assert {name for name, text in objects.items() if "{default-key}" in text or "{peer-key}" in text} == {
        "keys.yaml.template",
        "peer-key.yaml.template",
    }
