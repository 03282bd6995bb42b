"""Peak memory of one step beside weights and cache: the widest layer, or the sampler over the vocabulary."""

from __future__ import annotations

from llmdeploy.serving.models.feed_forward import DenseFeedForward, ExpertFeedForward, FeedForward
from llmdeploy.serving.sizing import constants
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.sizing.stages import Stage

SIXTEEN_BIT = 2


def activation_peak(request: SizingRequest, stage: Stage) -> int:
    """Bytes at the peak of the profiling run on each GPU of a stage.

    The hidden states stay while the sampler runs; expert workspaces stay for good; the widest layer's values
    are gone by then. So the peak is the larger of the two, on top of what stays.
    """
    sequences, tokens = request.batch
    architecture = request.architecture
    hidden = tokens * architecture.hidden * SIXTEEN_BIT
    networks = {layer.feed_forward for layer in stage.layers(architecture)} - {None}
    v1 = request.release >= constants.V1_FROM
    stays = int(constants.WORKSPACE_GIB * constants.GIB) if v1 else 0
    stays += max((_expert_workspace(request, network, tokens) for network in networks), default=0)
    if request.pipeline_parallel > 1:
        stays += 2 * hidden
    if architecture.vision:
        stays += hidden + int(constants.VISION_GIB * constants.GIB)
    copies = constants.HIDDEN_COPIES if v1 else constants.HIDDEN_COPIES_V0
    forward = copies * hidden + max(
        (_network_values(request, network, tokens) for network in networks), default=0
    )
    sampler = hidden + _sampler(request, sequences) if stage.holds_head else 0
    return stays + max(forward, sampler)


def _sampler(request: SizingRequest, sequences: int) -> int:
    lean = request.release >= constants.LEAN_SAMPLER_FROM
    each = constants.SAMPLER_BYTES if lean else constants.SAMPLER_BYTES_BEFORE_LEAN
    return int(each * sequences * request.architecture.vocabulary)


def _network_values(request: SizingRequest, network: FeedForward | None, tokens: int) -> int:
    """Both inputs of a gate and its output, 16 bits each; experts have workspaces instead."""
    if not isinstance(network, DenseFeedForward):
        return 0
    values = (3 if network.gated else 2) * -(-network.intermediate // request.tensor_parallel)
    return tokens * values * SIXTEEN_BIT


def _expert_workspace(request: SizingRequest, network: FeedForward | None, tokens: int) -> int:
    """The two workspaces of vLLM's fused experts (TritonExperts.workspace_shapes); MXFP4 kernels keep
    none."""
    if not isinstance(network, ExpertFeedForward) or request.format.name == "mxfp4":
        return 0
    width = -(-network.intermediate // request.tensor_parallel)
    hidden = request.architecture.hidden
    return tokens * network.active * (max(width, hidden) + max(2 * width, hidden)) * SIXTEEN_BIT
