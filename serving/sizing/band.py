"""How far off a sizing may be, by what was measured of the like."""

from __future__ import annotations

from llmdeploy.serving.sizing import constants
from llmdeploy.serving.sizing.request import SizingRequest


def band_gib(request: SizingRequest, weights_gib: float) -> float:
    """GiB by which the cache of one GPU may be larger or smaller than said."""
    band = constants.BAND_MEASURED_GIB
    if request.gpu.name != constants.MEASURED_GPU:
        band += constants.BAND_GPU_GIB
    if request.framework != "vllm":
        band += constants.BAND_FRAMEWORK_GIB
    elif request.release != constants.MEASURED_VERSION:
        band += constants.BAND_VERSION_GIB
        if request.release >= constants.GRAPHS_SUBTRACTED_FROM:
            band += constants.BAND_GRAPHS_GIB
    if not request.architecture.known:
        band += constants.BAND_UNKNOWN_WEIGHTS * weights_gib
    return band


def is_measured(request: SizingRequest) -> bool:
    """Whether deployments of this framework version on this GPU were measured."""
    return (
        request.framework == "vllm"
        and request.release == constants.MEASURED_VERSION
        and request.gpu.name == constants.MEASURED_GPU
    )
