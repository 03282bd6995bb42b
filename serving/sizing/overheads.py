"""What a GPU holds beside weights, activations and cache: the CUDA context, communication buffers, captured
graphs."""

from __future__ import annotations

from llmdeploy.serving.models.feed_forward import ExpertFeedForward
from llmdeploy.serving.sizing import constants
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.sizing.stages import Stage


def non_torch_gib(request: SizingRequest) -> float:
    """GiB outside PyTorch's allocator on each GPU."""
    if request.tensor_parallel > 1:
        if request.gpu.interconnect == "nvlink":
            return constants.NON_TORCH_TENSOR_GIB
        v1 = request.release >= constants.V1_FROM
        return constants.NON_TORCH_TENSOR_PCIE_GIB if v1 else constants.NON_TORCH_TENSOR_PCIE_V0_GIB
    return constants.NON_TORCH_PIPELINE_GIB if request.pipeline_parallel > 1 else constants.NON_TORCH_GIB


def cuda_graph_gib(request: SizingRequest, stage: Stage) -> float:
    """GiB of captured CUDA graphs on each GPU of a stage."""
    layers = stage.layers(request.architecture)
    experts = any(isinstance(layer.feed_forward, ExpertFeedForward) for layer in layers)
    extra = constants.GRAPH_EXPERTS_GIB if experts else 0.0
    return constants.GRAPH_BASE_GIB + constants.GRAPH_LAYER_GIB * len(layers) + extra
