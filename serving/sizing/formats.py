"""The number formats of weights and key-value cache, and the bytes that each takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llmdeploy.serving.models.tensor import Part

LINEAR = frozenset({Part.ATTENTION, Part.FEED_FORWARD, Part.EXPERT})
"""What quantization converts: the big matrices. Embedding, head, norms, routers and image towers stay in 16
bits."""
EXPERTS_ONLY = frozenset({Part.EXPERT})
EVERYTHING = LINEAR | {Part.EMBEDDING, Part.HEAD}
"""GGUF files quantize the embedding and the head too."""


@dataclass(frozen=True, slots=True)
class WeightFormat:
    """How a weight matrix is stored.

    `bits` are those of one weight; `overhead_bits` those of scales and zero points, spread over the weights
    of a group; `group` is the weights that share a scale (0: a whole row or tensor). `row_multiple` and
    `column_multiple` are what a rank's matrices are padded to.
    """

    name: str
    bits: float
    overhead_bits: float = 0.0
    group: int = 0
    parts: frozenset[Part] = LINEAR
    row_multiple: int = 1
    column_multiple: int = 1

    @property
    def bytes_per_weight(self) -> float:
        """Bytes of one weight with its share of scales."""
        return (self.bits + self.overhead_bits) / 8


FORMATS: Mapping[str, WeightFormat] = {
    found.name: found
    for found in (
        WeightFormat("bf16", 16, parts=frozenset()),
        WeightFormat("fp16", 16, parts=frozenset()),
        WeightFormat("fp8", 8),
        WeightFormat("fp8-block", 8, 32 / (128 * 128), group=128),
        WeightFormat("int8", 8),
        WeightFormat("awq", 4, (16 + 4) / 128, group=128),
        WeightFormat("gptq", 4, (16 + 4) / 128, group=128),
        WeightFormat("w4a16", 4, 16 / 128, group=128),
        WeightFormat("nf4", 4, 32 / 64, group=64),
        WeightFormat("nvfp4", 4, 8 / 16, group=16),
        WeightFormat("mxfp4", 4, 8 / 32, group=32, parts=EXPERTS_ONLY, row_multiple=256, column_multiple=128),
        WeightFormat("q8_0", 8.5, group=32, parts=EVERYTHING),
        WeightFormat("q6_k", 6.5625, group=256, parts=EVERYTHING),
        WeightFormat("q5_k_m", 5.7, group=256, parts=EVERYTHING),
        WeightFormat("q4_k_m", 4.85, group=256, parts=EVERYTHING),
        WeightFormat("q4_0", 4.5, group=32, parts=EVERYTHING),
    )
}
"""Groups and scales: compressed-tensors, AutoAWQ and GPTQ defaults; OCP MX and NVFP4 definitions;
bitsandbytes' 64. GGUF: llama.cpp's block sizes; the `_m` mixtures are averages over published files, ±3 %.
mxfp4's padding: vLLM's Mxfp4MoEMethod.create_weights, Marlin branch. fp8 and int8 scales per row are below
0.1 %."""

SPEC_FORMATS: Mapping[tuple[str, str | None], str] = {
    ("bf16", None): "bf16",
    ("fp16", None): "fp16",
    ("fp8", None): "fp8",
    ("int8", None): "int8",
    ("int8", "bitsandbytes"): "int8",
    ("int4", None): "awq",
    ("int4", "gptq"): "gptq",
    ("int4", "compressed-tensors"): "w4a16",
    ("int4", "bitsandbytes"): "nf4",
}
"""From the spec's `quantization.weights` and `.method`; a method that is not listed stores like none
named."""

KV_BITS: Mapping[str, float] = {"16-bit": 16.0, "fp8": 8.0, "nvfp4": 4 + 8 / 16}
"""Bits of one cached value, scales included: nvfp4 has one byte of scale for 16 values."""


def weight_format(native: str, weights: str = "none", method: str | None = None) -> WeightFormat:
    """The format that a spec's quantization gives a model whose checkpoint is in `native`.

    `none` keeps the checkpoint's own format; so does asking a checkpoint of 8 bits or fewer for as many bits.

    Raises:
        KeyError: a format that is not known.
    """
    if weights == "none":
        return FORMATS[native]
    name = SPEC_FORMATS.get((weights, method)) or SPEC_FORMATS[(weights, None)]
    stored, wanted = FORMATS[native], FORMATS[name]
    return stored if stored.bits == wanted.bits or stored.bits < 8 else wanted
