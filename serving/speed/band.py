"""How far an estimate may be off."""

from __future__ import annotations

from llmdeploy.serving.models.feed_forward import ExpertFeedForward
from llmdeploy.serving.speed.links import is_uncertain
from llmdeploy.serving.speed.request import SpeedRequest

BAND_MEASURED = 0.35
BAND_KERNELS = 0.45
BAND_NONE = 0.70
"""Share by which throughput and time per output token may be off: framework and GPU both among the published
runs; the GPU among the measured kernels; neither. 0.35: nine of ten of 1,035 runs of dense models lie within
0.32 (docs/speed.md); the other two are judgement."""
BAND_EXPERTS = 0.25
"""Added for mixtures of experts: nine of ten of 893 runs lie within 0.56."""
BAND_LINKS = 0.9
"""Added beyond two ranks on PCIe 4.0, whose machines differ severalfold (`links.PCIE_SHARE`). Judgement: it
holds NVIDIA's runs on four and eight L40S, and what NCCL's 5 GB/s at four would give."""
BAND_FIRST_TOKEN = 1.7
"""The same share for the time to first token: nine of ten of 441 runs of dense models; half of them
lie within 0.19."""
MEASURED = frozenset(
    {("vllm", gpu) for gpu in ("l4", "a100-40gb", "a100-80gb", "h100", "h200", "b200")}
    | {("tensorrt-llm", gpu) for gpu in ("l40s", "h100", "h200", "b200")}
    | {("sglang", "h100"), ("sglang", "h200")}
)
"""Published runs of the framework on the GPU were compared: docs/speed.md."""
KERNELS = frozenset({"l40s", "a100-40gb", "a100-80gb", "h100", "h200", "b200", "rtx-pro-6000"})


def is_measured(request: SpeedRequest) -> bool:
    """Whether published runs of this framework on this GPU were compared."""
    return (request.replica.framework, request.replica.gpu.name) in MEASURED


def band(request: SpeedRequest) -> float:
    """The share by which throughput and time per output token may be higher or lower."""
    replica = request.replica
    mixed = any(isinstance(layer.feed_forward, ExpertFeedForward) for layer in replica.architecture.layers)
    return (
        _of_hardware(request)
        + (BAND_EXPERTS if mixed else 0.0)
        + (BAND_LINKS if is_uncertain(replica.gpu, replica.tensor_parallel) else 0.0)
    )


def _of_hardware(request: SpeedRequest) -> float:
    if is_measured(request):
        return BAND_MEASURED
    return BAND_KERNELS if request.replica.gpu.name in KERNELS else BAND_NONE
