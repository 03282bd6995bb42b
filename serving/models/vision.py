"""How many parameters a model spends on reading images."""

from __future__ import annotations

from llmdeploy.serving.models.fields import Fields

GATED = frozenset({"pixtral", "qwen2_5_vl"})
"""Towers whose feed-forward networks have three matrices instead of two."""

FIXED_SIZE = frozenset({"siglip_vision_model", "clip_vision_model"})


def vision_parameters(config: Fields, model_type: str, text_hidden: int) -> int:
    """Parameters of the tower and its projector; 0 for a model that reads text only.

    The tower is a plain vision transformer: 4 h² of attention and 2 or 3 h·i of feed-forward a layer.
    """
    tower = config.table("vision_config")
    if tower is None:
        return 0
    hidden = tower.count("hidden_size")
    intermediate = tower.count("intermediate_size", default=4 * hidden)
    layers = tower.count("num_hidden_layers", "depth")
    matrices = 3 if tower.text("model_type", model_type) in GATED else 2
    layer = 4 * hidden * hidden + matrices * hidden * intermediate + 13 * hidden
    patch = (
        tower.count("patch_size", default=14) ** 2
        * 3
        * tower.count("temporal_patch_size", default=1)
        * hidden
    )
    positions = tower.count("num_position_embeddings", default=_image_patches(tower), least=0) * hidden
    return layers * layer + patch + positions + _projector(tower, model_type, hidden, text_hidden)


def _image_patches(tower: Fields) -> int:
    """Positions of a tower with learned ones for a fixed size of image."""
    if tower.text("model_type") not in FIXED_SIZE:
        return 0
    return (tower.count("image_size") // tower.count("patch_size", default=14)) ** 2


def _projector(tower: Fields, model_type: str, hidden: int, text_hidden: int) -> int:
    merged = hidden * tower.count("spatial_merge_size", default=2) ** 2
    if model_type == "gemma3":
        return hidden * text_hidden + hidden
    if model_type == "mistral3":
        return merged * hidden + hidden * text_hidden + text_hidden * text_hidden
    if model_type == "llama4":
        output = tower.count("vision_output_dim")
        return merged * output + output * output + output * text_hidden
    towers = 1 + len(tower.listed("deepstack_visual_indexes") or ())
    return towers * (merged * merged + merged * text_hidden)
