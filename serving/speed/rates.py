"""How many bytes and FLOPs per second a GPU's kernels reach with a number format."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from llmdeploy.serving.catalog.gpus import Gpu
from llmdeploy.serving.sizing.formats import FORMATS, WeightFormat
from llmdeploy.serving.speed import constants


@dataclass(frozen=True, slots=True)
class Rates:
    """Bytes per second and FLOPs per second that one GPU reaches."""

    narrow_bytes: float
    narrow_flops: float
    wide_bytes: float
    wide_flops: float
    raw_bytes: float
    """The data sheet's bandwidth, for attention's own shares."""
    raw_flops: float
    """The data sheet's 16-bit rate."""


@lru_cache(maxsize=1024)
def rates(gpu: Gpu, format_name: str) -> Rates:
    """The rates of a GPU with weights in one format."""
    chosen = FORMATS[format_name]
    reached = constants.EFFICIENCY.get(gpu.name, constants.UNKNOWN_GPU)
    wide_bytes, wide_flops = (
        gpu.bandwidth_gbs * 1e9 * reached.bandwidth,
        gpu.bf16_tflops * 1e12 * reached.compute,
    )
    return Rates(
        narrow_bytes=wide_bytes * constants.NARROW_BANDWIDTH[_width(chosen)],
        narrow_flops=_narrow_flops(gpu, chosen, reached.compute),
        wide_bytes=wide_bytes,
        wide_flops=wide_flops,
        raw_bytes=gpu.bandwidth_gbs * 1e9,
        raw_flops=gpu.bf16_tflops * 1e12,
    )


def _width(chosen: WeightFormat) -> float:
    return 16.0 if chosen.bits > 8.5 else 8.0 if chosen.bits > 6 else 4.0


def _narrow_flops(gpu: Gpu, chosen: WeightFormat, reached: float) -> float:
    """The matrix units' own rate for the format; where they lack it, the 16-bit rate less the widening."""
    sixteen = gpu.bf16_tflops * 1e12 * reached
    if chosen.bits == 16:
        return sixteen
    if chosen.name.startswith("q"):
        return sixteen * constants.WEIGHT_ONLY_COMPUTE["gguf"]
    if chosen.name == "nf4":
        return sixteen * constants.WEIGHT_ONLY_COMPUTE["nf4"]
    if chosen.name in ("nvfp4", "mxfp4") and "fp4" in gpu.formats:
        return gpu.fp4_tflops * 1e12 * reached * constants.NARROW_COMPUTE["4"]
    if chosen.name in ("fp8", "fp8-block") and "fp8" in gpu.formats:
        return gpu.fp8_tflops * 1e12 * reached * constants.NARROW_COMPUTE["8"]
    if chosen.name == "int8" and "int8" in gpu.formats:
        return 2 * sixteen * constants.NARROW_COMPUTE["8"]
    return sixteen * constants.WEIGHT_ONLY_COMPUTE["fp8" if chosen.bits == 8 else "int4"]
