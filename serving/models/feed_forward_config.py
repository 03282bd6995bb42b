"""Reads the feed-forward half of each layer from a config.json."""

from __future__ import annotations

from llmdeploy.serving.models.families import Family
from llmdeploy.serving.models.feed_forward import DenseFeedForward, ExpertFeedForward, FeedForward
from llmdeploy.serving.models.fields import Fields

EXPERTS = ("n_routed_experts", "num_local_experts", "num_experts")


def read_feed_forwards(config: Fields, family: Family, layers: int) -> tuple[FeedForward, ...]:
    """The feed-forward half of every layer, in order."""
    if not any(config.has(name) for name in EXPERTS):
        return (_dense(config, family),) * layers
    experts = read_experts(config, family)
    dense_layers = _dense_layers(config, layers)
    dense = _dense(config, family) if dense_layers else None
    return tuple(dense if dense is not None and index in dense_layers else experts for index in range(layers))


def read_experts(config: Fields, family: Family) -> ExpertFeedForward:
    """The experts, as all layers that have experts have them."""
    experts = config.count(*EXPERTS)
    active = config.count("num_experts_per_tok")
    if active > experts:
        config.wrong(f"num_experts_per_tok {active} is more than the {experts} experts")
    width = config.maybe("moe_intermediate_size") or config.count("intermediate_size")
    shared = config.count(
        "shared_expert_intermediate_size", "moe_shared_expert_intermediate_size", default=0, least=0
    )
    if not shared:
        shared = config.count("n_shared_experts", default=0, least=0) * width
    if family.chunked:
        shared = width
    return ExpertFeedForward(
        experts=experts,
        active=active,
        intermediate=width,
        shared_intermediate=shared,
        shared_gate=config.has("shared_expert_intermediate_size") and shared > 0,
        gated=family.gated,
        bias=family.feed_forward_bias,
    )


def _dense(config: Fields, family: Family) -> DenseFeedForward:
    return DenseFeedForward(
        config.maybe("intermediate_size_mlp") or config.count("intermediate_size"),
        family.gated,
        config.flag("mlp_bias", family.feed_forward_bias),
    )


def _dense_layers(config: Fields, layers: int) -> frozenset[int]:
    """Llama 4 interleaves, DeepSeek and GLM put dense layers first, Qwen lists them."""
    first = config.count("first_k_dense_replace", default=0, least=0)
    step = config.count("interleave_moe_layer_step", "decoder_sparse_step", default=1)
    listed = config.listed("mlp_only_layers") or []
    return frozenset(
        index for index in range(layers) if index < first or (index + 1) % step or index in listed
    )
