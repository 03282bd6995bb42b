"""Reads a model's architecture from its config.json, as already parsed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmdeploy.serving.models.architecture import Architecture, Layer
from llmdeploy.serving.models.attention_config import read_attentions
from llmdeploy.serving.models.errors import BadModelFile
from llmdeploy.serving.models.families import FAMILIES, Family
from llmdeploy.serving.models.feed_forward_config import read_feed_forwards
from llmdeploy.serving.models.fields import Fields
from llmdeploy.serving.models.rotary import rotary_values
from llmdeploy.serving.models.stored_format import stored_format
from llmdeploy.serving.models.unlike_layers import read_blocks, read_pattern
from llmdeploy.serving.models.vision import vision_parameters

MEND = "mend the file, or serve a model whose config.json follows the transformers library"
TEXT = ("text_config", "llm_config", "language_config")
"""Where models that read images keep the configuration of their language model."""


def read_config(name: str, config: Mapping[str, Any], source: str = "") -> Architecture:
    """The architecture that a parsed config.json describes.

    A `model_type` that is not known is read as if it were like Llama, and the result says so (`known`).

    Args:
        name: what to call the model.
        config: the parsed file.
        source: the file's name in error messages; the model's name when empty.

    Raises:
        BadModelFile: fields are missing or hold what cannot be; all of them are listed.
    """
    problems: list[str] = []
    outer = Fields(config, problems)
    inner, family = _language_model(outer)
    architecture = _read(name, outer, inner, family)
    if problems:
        raise BadModelFile(source or name, dict.fromkeys(problems), MEND)
    return architecture


def _language_model(outer: Fields) -> tuple[Fields, Family]:
    inner = next((found for key in TEXT if (found := outer.table(key)) is not None), None)
    values = {key: value for key, value in outer.values.items() if key not in TEXT}
    if inner is not None:
        values |= {key: value for key, value in inner.values.items() if value is not None}
    model_type = values.get("model_type")
    family = FAMILIES.get(model_type, Family()) if isinstance(model_type, str) else Family()
    return Fields({**family.defaults, **values}, outer.problems), family


def _read(name: str, outer: Fields, config: Fields, family: Family) -> Architecture:
    hidden = config.count("hidden_size")
    count = config.count("num_hidden_layers")
    layers = _layers(config, family, count, hidden)
    positions = config.count("max_position_embeddings", "seq_length", "n_positions")
    heads = config.count("num_attention_heads")
    rotated = config.count("qk_rope_head_dim", "head_dim", default=max(1, hidden // heads))
    model_type = config.text("model_type", "none given")
    return Architecture(
        name=name,
        model_type=model_type,
        hidden=hidden,
        vocabulary=config.count("vocab_size"),
        tied_embeddings=config.flag("tie_word_embeddings", family.tied),
        layers=layers,
        max_context=positions,
        rotary=rotary_values(config, rotated, positions),
        native=stored_format(config),
        vision=vision_parameters(outer, outer.text("model_type"), hidden),
        head_bias=config.flag("lm_head_bias", default=False),
        known=model_type in FAMILIES,
    )


def _layers(config: Fields, family: Family, count: int, hidden: int) -> tuple[Layer, ...]:
    if config.has("block_configs"):
        return read_blocks(config, family, count, hidden)
    if config.has("hybrid_override_pattern"):
        return read_pattern(config, family, count, hidden)
    norms = family.norms * hidden * (2 if family.norm_bias else 1)
    attentions = read_attentions(config, family, count, hidden)
    networks = read_feed_forwards(config, family, count)
    return tuple(
        Layer(attention, network, norms) for attention, network in zip(attentions, networks, strict=True)
    )
