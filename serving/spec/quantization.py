"""`quantization`: the number format of weights and key-value cache."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from llmdeploy.serving.spec.section import SpecSection

WeightFormat = Literal["none", "fp16", "bf16", "fp8", "int8", "int4"]
QuantizationMethod = Literal[
    "online", "awq", "gptq", "compressed-tensors", "modelopt", "bitsandbytes", "eetq"
]
KvCacheFormat = Literal["fp8", "nvfp4"]


class Quantization(SpecSection):
    """The number format of the weights, how they came to it, and the format of the key-value cache."""

    short_form: ClassVar[str] = "weights"

    weights: WeightFormat = Field(
        default="none", description="The weights' format; none: as the checkpoint has them.", examples=["fp8"]
    )
    method: QuantizationMethod | None = Field(
        default=None,
        description="How the weights were quantized; online: while loading. Else the checkpoint says.",
        examples=["awq"],
    )
    kv_cache: KvCacheFormat | None = Field(
        default=None,
        description="The key-value cache's format; 16 bits when absent.",
        examples=["fp8"],
    )
