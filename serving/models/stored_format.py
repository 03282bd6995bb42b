"""The number format that a checkpoint's weights are stored in, from its `quantization_config`."""

from __future__ import annotations

from llmdeploy.serving.models.fields import Fields

SIXTEEN_BIT = {"bfloat16": "bf16", "float16": "fp16", "float32": "bf16"}
"""A checkpoint in 32 bits is served in 16."""
NAMED = {"awq": "awq", "mxfp4": "mxfp4", "bitsandbytes": "nf4", "modelopt_fp4": "nvfp4", "nvfp4": "nvfp4"}


def stored_format(config: Fields) -> str:
    """One of the names in `llmdeploy.serving.sizing.formats.FORMATS`; a format that is not known is a
    problem."""
    quantized = config.table("quantization_config")
    if quantized is None:
        dtype = config.text("torch_dtype") or config.text("dtype", "bfloat16")
        return SIXTEEN_BIT.get(dtype.removeprefix("torch."), "bf16")
    method = quantized.text("quant_method", "none given")
    if method in NAMED:
        return NAMED[method]
    if method == "fp8":
        return "fp8-block" if quantized.has("weight_block_size") else "fp8"
    if method == "gptq":
        return "gptq" if quantized.count("bits", default=4) == 4 else "int8"
    if method == "compressed-tensors":
        return _compressed(quantized)
    if method == "modelopt":
        return "nvfp4" if "FP4" in quantized.text("quant_algo").upper() else "fp8"
    config.wrong(f"quantization_config.quant_method is {method!r}, which is not known")
    return "bf16"


def _compressed(quantized: Fields) -> str:
    groups = quantized.table("config_groups")
    for group in groups.values.values() if groups is not None else ():
        weights = Fields(group, quantized.problems).table("weights") if isinstance(group, dict) else None
        if weights is None:
            continue
        bits, kind = weights.count("num_bits", default=8), weights.text("type", "int")
        if bits == 4:
            return "nvfp4" if kind == "float" else "w4a16"
        if kind == "float":
            return "fp8-block" if weights.text("strategy") == "block" else "fp8"
        return "int8"
    return "int8"
