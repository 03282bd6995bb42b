"""The scaling metric of a node."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest
from tests.serving.node.machine import Machine, engine
from tests.serving.node.test_user_data import CLOUDS
from tests.serving.node.test_weights import booted

from llmdeploy.serving.metrics.normalise import normalise
from llmdeploy.serving.node.load_program import load_program

SCRAPES = {
    "vllm": """# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="acme/a b"} 3.0
vllm:num_requests_running{engine="1",model_name="acme/a b"} 2.0
vllm:num_requests_running_total{engine="0"} 99.0
vllm:num_requests_waiting{engine="0",model_name="acme/a b"} 4.0
vllm:num_requests_waiting{engine="1",model_name="acme/a b"} 0.0
""",
    "sglang": 'sglang:num_running_reqs{tp_rank="0"} 5.0\nsglang:num_queue_reqs{tp_rank="0"} 4.0\n',
    "tgi": "tgi_batch_current_size 5\ntgi_queue_size 4\n",
    "tensorrt-llm": "trtllm_num_requests_running 9\ntrtllm_num_requests_waiting 0\n",
    "triton": """nv_inference_pending_request_count{model="m"} 70
nv_trt_llm_request_metrics{model="m",request_type="active",version="1"} 5
nv_trt_llm_request_metrics{model="m",request_type="waiting",version="1"} 4
nv_trt_llm_request_metrics{model="m",request_type="scheduled",version="1"} 50
""",
    "llama.cpp": "llmdeploy_requests_running 9\n",
}


@pytest.mark.parametrize("row", SCRAPES)
def test_counts_as_the_rest_of_llmdeploy_does(row: str, tmp_path: Path) -> None:
    program = tmp_path / "load.awk"
    program.write_text(load_program(row))
    counted = subprocess.run(
        ["awk", "-f", program], input=SCRAPES[row], capture_output=True, text=True, check=True
    )
    told = normalise(SCRAPES[row], row)
    assert int(counted.stdout) == (told.running or 0) + (told.waiting or 0) == 9


def test_a_page_without_the_metrics_is_not_zero_load(tmp_path: Path) -> None:
    program = tmp_path / "load.awk"
    program.write_text(load_program("vllm"))
    counted = subprocess.run(
        ["awk", "-f", program], input="up 1\n", capture_output=True, text=True, check=False
    )
    assert (counted.returncode, counted.stdout) == (1, "")


@CLOUDS
def test_publishes_the_load_and_nothing_while_the_engine_loads(cloud: str, tmp_path: Path) -> None:
    pages: dict[str, str] = {}
    with engine(pages) as port:
        machine = booted(cloud, tmp_path, port=port)
        with machine.running("load"):
            time.sleep(0.7)
            assert not published(machine, cloud)
            pages["/metrics"] = SCRAPES["vllm"]
            end = time.monotonic() + 15
            while not (found := published(machine, cloud)):
                assert time.monotonic() < end
                time.sleep(0.1)
    if cloud == "aws":
        assert " ".join(found[0]) == (
            "aws cloudwatch put-metric-data --namespace LLMDeploy --metric-name ReplicaLoad "
            "--dimensions Stack=chat --value 1.1250"
        )
        return
    (point,) = json.loads(found[0][found[0].index("-d") + 1])["timeSeries"]
    assert point["metric"] == {
        "type": "custom.googleapis.com/llmdeploy/replica_load",
        "labels": {"stack": "chat"},
    }
    assert point["resource"]["labels"] == {
        "project_id": "acme",
        "instance_id": "i-0123",
        "zone": "europe-west4-a",
    }
    assert point["points"][0]["value"] == {"doubleValue": 1.125}
    assert found[0][-1] == "https://monitoring.googleapis.com/v3/projects/acme/timeSeries"


def published(machine: Machine, cloud: str) -> list[list[str]]:
    calls = machine.calls("aws" if cloud == "aws" else "curl")
    return [call for call in calls if "put-metric-data" in call or "timeSeries" in call[-1]]
