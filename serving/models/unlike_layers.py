"""Models whose layers differ one by one: Nemotron's searched architectures and hybrid patterns."""

from __future__ import annotations

from dataclasses import replace

from llmdeploy.serving.models.architecture import Layer
from llmdeploy.serving.models.attention_config import read_grouped, read_mamba
from llmdeploy.serving.models.families import Family
from llmdeploy.serving.models.feed_forward import DenseFeedForward
from llmdeploy.serving.models.feed_forward_config import read_experts
from llmdeploy.serving.models.fields import Fields

ROUND_TO = 256
"""Searched widths are rounded up to this (modeling_decilm.py: `_find_multiple(intermediate, 256)`)."""


def read_blocks(config: Fields, family: Family, layers: int, hidden: int) -> tuple[Layer, ...]:
    """The layers of a searched architecture, from `block_configs`."""
    blocks = config.listed("block_configs", layers) or []
    if not all(isinstance(block, dict) for block in blocks):
        config.wrong("block_configs holds something other than objects")
        return ()
    return tuple(
        _block(Fields(block, config.problems, f"block_configs[{index}]."), config, family, hidden)
        for index, block in enumerate(blocks)
    )


def read_pattern(config: Fields, family: Family, layers: int, hidden: int) -> tuple[Layer, ...]:
    """The layers of a hybrid, from a pattern such as `MEM*-`: Mamba, experts, attention or one network
    each."""
    pattern = config.text("hybrid_override_pattern")
    if len(pattern) != layers:
        config.wrong(f"hybrid_override_pattern has {len(pattern)} letters for {layers} layers")
    made: dict[str, Layer] = {}
    for letter in sorted(set(pattern)):
        if letter == "M":
            made[letter] = Layer(read_mamba(config), None, hidden)
        elif letter == "*":
            made[letter] = Layer(read_grouped(config, family, hidden), None, hidden)
        elif letter == "E":
            made[letter] = Layer(None, read_experts(config, family), hidden)
        elif letter == "-":
            width = config.count("intermediate_size")
            made[letter] = Layer(None, DenseFeedForward(width, family.gated), hidden)
        else:
            config.wrong(f"hybrid_override_pattern has a letter {letter!r}, which is not known")
    return tuple(made[letter] for letter in pattern if letter in made)


def _block(block: Fields, config: Fields, family: Family, hidden: int) -> Layer:
    attention, network = block.table("attention"), block.table("ffn")
    grouped, dense = None, None
    if attention is not None and not attention.flag("no_op", default=False):
        heads = config.count("num_attention_heads")
        shared = attention.count("n_heads_in_group")
        every = read_grouped(config, family, hidden)
        grouped = replace(every, kv_heads=max(1, heads // shared))
    if network is not None and not network.flag("no_op", default=False):
        width = int(2 * network.number("ffn_mult", 4.0) * hidden / 3)
        dense = DenseFeedForward(-(-width // ROUND_TO) * ROUND_TO, family.gated)
    norms = hidden * ((grouped is not None) + (dense is not None))
    return Layer(grouped, dense, norms)
