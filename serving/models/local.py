"""Reads a model's architecture from a folder as the hub's clients leave it, or from a GGUF file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.models.description import Description, described
from llmdeploy.serving.models.errors import BadModelFile
from llmdeploy.serving.models.fields import Fields

CONFIG = "config.json"
INDEX = "model.safetensors.index.json"
LARGEST_FILE = 64 << 20
"""Bytes of JSON that are read; the largest index of a published model is below 20 MB."""
LARGEST_CHECKPOINT = 1 << 50


def read_folder(folder: Path) -> Architecture:
    """The architecture of a model in a local folder.

    Raises:
        BadModelFile: the folder has no config.json, or a file in it is unreadable or says what cannot be.
    """
    return described(folder.name, describe_folder(folder))


def describe_folder(folder: Path) -> Description:
    """What the config.json of a folder says, and the index of its checkpoint where there is one.

    Raises:
        BadModelFile: the folder has no config.json, or a file in it is unreadable.
    """
    config, index = folder / CONFIG, folder / INDEX
    size = checkpoint_bytes(_read_json(index), source=str(index)) if index.exists() else None
    return Description(_read_json(config), size, str(config))


def checkpoint_bytes(index: Mapping[str, Any], source: str) -> int:
    """Bytes of all tensors, from a parsed safetensors index.

    Raises:
        BadModelFile: the index does not say, or says what cannot be.
    """
    problems: list[str] = []
    metadata = Fields(index, problems).table("metadata")
    size = metadata.values.get("total_size") if metadata is not None else None
    if not problems and (
        isinstance(size, bool) or not isinstance(size, int) or not 0 < size <= LARGEST_CHECKPOINT
    ):
        problems.append(f"metadata.total_size is {size!r}, not a number of bytes")
    if problems or not isinstance(size, int):
        raise BadModelFile(source, problems, "download the model again")
    return size


def _read_json(path: Path) -> Mapping[str, Any]:
    mend = "give a folder with the model's config.json, as `hf download` leaves it"
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadModelFile(str(path), [f"larger than {LARGEST_FILE >> 20} MiB"], mend)
        parsed = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadModelFile(str(path), [error.strerror or "cannot be read"], mend) from None
    except (ValueError, RecursionError) as error:
        raise BadModelFile(str(path), [f"not JSON ({error})"], mend) from None
    if not isinstance(parsed, dict):
        raise BadModelFile(str(path), ["not a JSON object"], mend)
    return parsed
