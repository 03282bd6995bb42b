"""How far an estimate may be off."""

from __future__ import annotations

from llmdeploy.serving.models.feed_forward import ExpertFeedForward
from llmdeploy.serving.speed import constants
from llmdeploy.serving.speed.request import SpeedRequest


def is_measured(request: SpeedRequest) -> bool:
    """Whether published runs of this framework on this GPU were compared."""
    return (request.replica.framework, request.replica.gpu.name) in constants.MEASURED


def band(request: SpeedRequest) -> float:
    """The share by which throughput and time per output token may be higher or lower."""
    layers = request.replica.architecture.layers
    mixed = any(isinstance(layer.feed_forward, ExpertFeedForward) for layer in layers)
    return _of_hardware(request) + (constants.BAND_EXPERTS if mixed else 0.0)


def _of_hardware(request: SpeedRequest) -> float:
    if is_measured(request):
        return constants.BAND_MEASURED
    return constants.BAND_KERNELS if request.replica.gpu.name in constants.KERNELS else constants.BAND_NONE
