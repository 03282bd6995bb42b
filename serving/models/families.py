"""What a `model_type` implies beyond its config.json: the code of the model, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

QkNorm = Literal["none", "head", "full"]


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of model, as its modelling code in `transformers` builds it.

    `norms` is the norms of hidden size in a layer; `norm_bias` gives each a bias. Every `window_every`th
    layer has full attention among windowed ones (0: all layers alike). `defaults` are the values that the
    configuration class supplies for keys the file leaves out.
    """

    norms: int = 2
    norm_bias: bool = False
    qk_norm: QkNorm = "none"
    qkv_bias: bool = False
    output_bias: bool = False
    bias_follows_config: bool = True
    """Whether `attention_bias: true` also gives the output projection a bias."""
    gated: bool = True
    feed_forward_bias: bool = False
    tied: bool = False
    window_every: int = 0
    chunked: bool = False
    sinks: bool = False
    gated_attention: bool = False
    defaults: Mapping[str, Any] = field(default_factory=dict)


_GEMMA3: Mapping[str, Any] = {"vocab_size": 262208, "max_position_embeddings": 131072, "head_dim": 256}
_QWEN_HYBRID = Family(qk_norm="head", gated_attention=True, bias_follows_config=False)

FAMILIES: Mapping[str, Family] = {
    "llama": Family(),
    "mistral": Family(),
    "ministral": Family(),
    "mixtral": Family(),
    "qwen2": Family(qkv_bias=True),
    "qwen2_5_vl": Family(qkv_bias=True),
    "qwen2_5_vl_text": Family(qkv_bias=True),
    "qwen3": Family(qk_norm="head"),
    "qwen3_vl_text": Family(qk_norm="head"),
    "qwen3_moe": Family(qk_norm="head"),
    "qwen3_vl_moe_text": Family(qk_norm="head"),
    "qwen3_next": _QWEN_HYBRID,
    "qwen3_5_text": _QWEN_HYBRID,
    "qwen3_5_moe_text": _QWEN_HYBRID,
    "gemma": Family(tied=True),
    "gemma2": Family(norms=4, tied=True, window_every=2),
    "gemma3_text": Family(norms=4, qk_norm="head", tied=True, window_every=6, defaults=_GEMMA3),
    "phi3": Family(),
    "deepseek_v2": Family(),
    "deepseek_v3": Family(),
    "kimi_k2": Family(),
    "gpt_oss": Family(qkv_bias=True, output_bias=True, sinks=True, window_every=2, feed_forward_bias=True),
    "granite": Family(),
    "cohere": Family(norms=1, tied=True),
    "cohere2": Family(norms=1, tied=True, window_every=4),
    "glm": Family(bias_follows_config=False),
    "glm4": Family(norms=4, bias_follows_config=False),
    "glm4_moe": Family(bias_follows_config=False),
    "olmo2": Family(qk_norm="full"),
    "smollm3": Family(tied=True),
    "starcoder2": Family(
        norm_bias=True, qkv_bias=True, output_bias=True, gated=False, feed_forward_bias=True, tied=True
    ),
    "minimax_m2": Family(qk_norm="full"),
    "llama4_text": Family(window_every=4, chunked=True),
    "nemotron-nas": Family(),
    "nemotron_h": Family(norms=1, gated=False),
}
"""Read in `transformers` and in the published checkpoints' tensor lists, as known on 2026-11-24."""
