"""The switch to measured kernels: what it says without the package or data, and how it compares with them."""

from __future__ import annotations

import importlib.util

import pytest

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.models.lookup import model_architecture
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.speed.batch import NoRoom
from llmdeploy.serving.speed.estimate import estimate
from llmdeploy.serving.speed.kernels import NoKernelData, estimate_from_kernels
from llmdeploy.serving.speed.request import SpeedRequest, Workload

INSTALLED = importlib.util.find_spec("aiconfigurator_core") is not None


def request(gpu: str) -> SpeedRequest:
    replica = SizingRequest(model_architecture("Qwen/Qwen3-8B"), gpus()[gpu], context_length=2048)
    return SpeedRequest(replica, Workload(1024, 256, concurrency=8))


def test_without_the_package_or_data_it_says_so() -> None:
    reason = "has no data for the GPU l4" if INSTALLED else "is not installed"
    with pytest.raises(NoKernelData, match=f"aiconfigurator-core {reason}") as caught:
        estimate_from_kernels(request("l4"))
    assert caught.value.mend


@pytest.mark.skipif(not INSTALLED, reason="needs the optional extra `speed`")
def test_measured_kernels_agree_within_the_band() -> None:
    roofline, measured = estimate(request("h100")), estimate_from_kernels(request("h100"))
    assert measured.source.startswith("aiconfigurator-core")
    span = roofline.range_of(roofline.tpot_p50)
    assert span.low <= measured.tpot_p50 <= span.high


def test_no_room_is_an_error_with_a_mend() -> None:
    replica = SizingRequest(model_architecture("meta-llama/Llama-3.3-70B-Instruct"), gpus()["l4"])
    with pytest.raises(NoRoom, match="1,280 tokens of input and output, the cache holds 0") as caught:
        estimate(SpeedRequest(replica, Workload(1024, 256)))
    assert "larger GPUs" in caught.value.mend
