"""Checkpoints that someone made of a catalog model by quantizing it, known by their names."""

from __future__ import annotations

import re

SUFFIXES = (
    (r"quantized\.w8a8|w8a8|int8|gptq-int8", "int8"),
    (r"quantized\.w4a16|w4a16", "w4a16"),
    (r"quantized\.w8a16", "int8"),
    (r"fp8-block", "fp8-block"),
    (r"fp8-dynamic|fp8-kv|fp8", "fp8"),
    (r"awq(?:-int4)?", "awq"),
    (r"gptq(?:-int4)?", "gptq"),
    (r"nvfp4|fp4", "nvfp4"),
    (r"bnb-4bit", "nf4"),
)
"""How RedHatAI, neuralmagic, NVIDIA, Qwen, and others name quantized checkpoints, and the format each
holds."""
_PATTERNS = tuple(
    (re.compile(rf"^(.+?)[-_.](?:{suffix})$", re.IGNORECASE), name) for suffix, name in SUFFIXES
)


def derived_name(name: str) -> tuple[str, str] | None:
    """The name of the model before quantization, and the format; None when the name has no such ending.

    `RedHatAI/Qwen3-8B-FP8-dynamic` gives (`Qwen3-8B`, `fp8`).
    """
    repository = name.rpartition("/")[2]
    for pattern, found in _PATTERNS:
        match = pattern.match(repository)
        if match is not None:
            return match[1], found
    return None
