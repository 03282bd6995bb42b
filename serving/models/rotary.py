"""The size of the cosine and sine tables that turn positions into rotations."""

from __future__ import annotations

from llmdeploy.serving.models.fields import Fields

MROPE_STRETCH = 4
"""vLLM builds the tables of multimodal rotary embedding for four times the positions
(rotary_embedding/mrope.py)."""


def rotary_values(config: Fields, head_size: int, positions: int) -> int:
    """Values in all distinct tables of a model whose rotated heads have `head_size` values.

    The rules are vLLM's rotary_embedding classes: a linearly scaled table is `factor` times as long, YaRN's
    is `factor` times the original length, LongRoPE keeps a short and a long one, Gemma 3 adds one for its
    windows.
    """
    size = int(head_size * config.number("partial_rotary_factor", 1.0))
    rows = positions
    scaling = config.table("rope_scaling")
    if scaling is not None:
        rows = _scaled(scaling, config, positions)
    if config.has("rope_local_base_freq"):
        rows += positions
    return rows * size


def _scaled(scaling: Fields, config: Fields, positions: int) -> int:
    kind = scaling.text("rope_type") or scaling.text("type", "default")
    factor = scaling.number("factor", 1.0)
    original = scaling.count(
        "original_max_position_embeddings",
        default=config.count("original_max_position_embeddings", default=positions),
    )
    if scaling.has("mrope_section"):
        return positions * MROPE_STRETCH
    if kind in ("linear", "dynamic"):
        return int(positions * factor)
    if kind == "yarn":
        return int(original * factor)
    if kind in ("longrope", "su"):
        return original + positions
    return positions
