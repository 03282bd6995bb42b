"""Reads a model's architecture from the header of a GGUF file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.models.config import read_config
from llmdeploy.serving.models.errors import BadModelFile

KEYS = {
    "block_count": "num_hidden_layers",
    "embedding_length": "hidden_size",
    "feed_forward_length": "intermediate_size",
    "attention.head_count": "num_attention_heads",
    "attention.head_count_kv": "num_key_value_heads",
    "attention.key_length": "head_dim",
    "attention.sliding_window": "sliding_window",
    "context_length": "max_position_embeddings",
    "expert_count": "num_local_experts",
    "expert_used_count": "num_experts_per_tok",
    "expert_feed_forward_length": "moe_intermediate_size",
    "vocab_size": "vocab_size",
}
"""From the GGUF specification's keys to those of config.json."""
MODEL_TYPES = {"gemma3": "gemma3_text", "qwen3moe": "qwen3_moe", "gpt-oss": "gpt_oss"}
FILE_TYPES = {0: "bf16", 1: "fp16", 2: "q4_0", 7: "q8_0", 15: "q4_k_m", 17: "q5_k_m", 18: "q6_k", 32: "bf16"}
"""general.file_type, from llama.cpp's llama_ftype."""
MEND = "give a GGUF file made by llama.cpp's converter"


def read_gguf(path: Path) -> Architecture:
    """The architecture of a model in one GGUF file.

    Raises:
        BadModelFile: not a GGUF file, or its header is cut short, or says what cannot be.
    """
    config, file_type = _header(path)
    if file_type not in FILE_TYPES:
        raise BadModelFile(
            str(path), [f"general.file_type is {file_type!r}, a quantization that is not known"], MEND
        )
    return replace(read_config(path.stem, config, source=str(path)), native=FILE_TYPES[file_type])


def _header(path: Path) -> tuple[dict[str, Any], Any]:
    from gguf import GGUFReader

    try:
        reader = GGUFReader(path)
        values = dict(_values(reader))
        tensors = {tensor.name: tensor for tensor in reader.tensors}
    except OSError as error:
        raise BadModelFile(str(path), [error.strerror or "cannot be read"], MEND) from None
    except (ValueError, IndexError, KeyError, TypeError, OverflowError) as error:
        raise BadModelFile(str(path), [f"not a whole GGUF file ({error})"], MEND) from None
    kind = values.get("general.architecture")
    config = {
        ours: values[f"{kind}.{theirs}"] for theirs, ours in KEYS.items() if f"{kind}.{theirs}" in values
    }
    embedding = tensors.get("token_embd.weight")
    if "vocab_size" not in config and embedding is not None:
        config["vocab_size"] = int(embedding.shape[-1])
    config["model_type"] = MODEL_TYPES.get(kind, kind) if isinstance(kind, str) else kind
    config["tie_word_embeddings"] = "output.weight" not in tensors
    return config, values.get("general.file_type")


def _values(reader: Any) -> Iterator[tuple[str, Any]]:
    wanted = ("general.architecture", "general.file_type")
    for name, field in reader.fields.items():
        if name in wanted or name.split(".", 1)[-1] in KEYS:
            yield name, field.contents()
