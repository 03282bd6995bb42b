"""Reads the attention of each layer from a config.json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llmdeploy.serving.models.attention import (
    Attention,
    GroupedAttention,
    LatentAttention,
    RecurrentAttention,
)
from llmdeploy.serving.models.families import Family
from llmdeploy.serving.models.fields import Fields

FULL = ("full_attention", "attention", "global")
RECURRENT = ("linear_attention", "mamba")


def read_attentions(config: Fields, family: Family, layers: int, hidden: int) -> tuple[Attention, ...]:
    """The attention of every layer, in order."""
    if config.has("kv_lora_rank"):
        return (_latent(config),) * layers
    full = read_grouped(config, family, hidden)
    kinds = _kinds(config, family, layers)
    windowed = replace(full, window=_window(config, family), chunked=family.chunked)
    recurrent = _delta_net(config) if any(kind in RECURRENT for kind in kinds) else None
    found: list[Attention] = []
    for kind in kinds:
        if kind in RECURRENT and recurrent is not None:
            found.append(recurrent)
        else:
            found.append(full if kind in FULL else windowed)
    return tuple(found)


def read_grouped(config: Fields, family: Family, hidden: int) -> GroupedAttention:
    """Full attention, as all layers of the model have it."""
    before = len(config.problems)
    heads = config.count("num_attention_heads")
    kv_heads = config.count("num_key_value_heads", default=heads)
    if heads % kv_heads and len(config.problems) == before:
        config.wrong(f"num_attention_heads {heads} is not a multiple of num_key_value_heads {kv_heads}")
    head_size = config.count("head_dim", default=max(1, hidden // heads))
    bias = config.flag("attention_bias", family.qkv_bias)
    norm = {"none": 0, "head": 2 * head_size, "full": (heads + kv_heads) * head_size}[family.qk_norm]
    if not config.flag("use_qk_norm", default=True):
        norm = 0
    return GroupedAttention(
        heads=heads,
        kv_heads=kv_heads,
        head_size=head_size,
        bias=bias or config.flag("qkv_bias", default=False),
        output_bias=family.output_bias or (bias and family.bias_follows_config and not family.qkv_bias),
        qk_norm=norm,
        sinks=heads if family.sinks else 0,
        gated=family.gated_attention and config.flag("attn_output_gate", default=True),
    )


def read_mamba(config: Fields) -> RecurrentAttention:
    """A Mamba 2 mixer, as Nemotron-H has it."""
    heads, head_size = config.count("mamba_num_heads"), config.count("mamba_head_dim")
    inner = heads * head_size
    state, groups = config.count("ssm_state_size"), config.count("n_groups")
    channels = inner + 2 * groups * state
    return RecurrentAttention(
        projection=inner + channels + heads,
        inner=inner,
        channels=channels,
        kernel=config.count("conv_kernel", default=4),
        small=3 * heads + inner + channels,
        state=inner * state,
        state_bytes=4 if config.text("mamba_ssm_cache_dtype") == "float32" else 2,
    )


def _latent(config: Fields) -> LatentAttention:
    return LatentAttention(
        heads=config.count("num_attention_heads"),
        kv_rank=config.count("kv_lora_rank"),
        rotary_size=config.count("qk_rope_head_dim"),
        key_size=config.count("qk_nope_head_dim"),
        value_size=config.count("v_head_dim"),
        query_rank=config.maybe("q_lora_rank"),
    )


def _delta_net(config: Fields) -> RecurrentAttention:
    keys = config.count("linear_num_key_heads") * config.count("linear_key_head_dim")
    value_heads, value_size = config.count("linear_num_value_heads"), config.count("linear_value_head_dim")
    values = value_heads * value_size
    return RecurrentAttention(
        projection=2 * keys + 2 * values + 2 * value_heads,
        inner=values,
        channels=2 * keys + values,
        kernel=config.count("linear_conv_kernel_dim", default=4),
        small=2 * value_heads + value_size,
        state=value_heads * value_size * config.count("linear_key_head_dim"),
        state_bytes=4 if config.text("mamba_ssm_dtype") == "float32" else 2,
    )


def _kinds(config: Fields, family: Family, layers: int) -> Sequence[str]:
    listed = config.listed("layer_types", layers)
    if listed is not None:
        return [str(kind) for kind in listed]
    interval = config.maybe("full_attention_interval")
    if interval is not None:
        return ["linear_attention" if (index + 1) % interval else "full_attention" for index in range(layers)]
    if not _has_window(config, family):
        return ["full_attention"] * layers
    period = config.count("sliding_window_pattern", default=family.window_every, least=0)
    if not period:
        return ["sliding_attention"] * layers
    return ["sliding_attention" if (index + 1) % period else "full_attention" for index in range(layers)]


def _has_window(config: Fields, family: Family) -> bool:
    if not config.flag("use_sliding_window", default=True):
        return False
    return _window(config, family) is not None


def _window(config: Fields, family: Family) -> int | None:
    return config.maybe("attention_chunk_size" if family.chunked else "sliding_window")
