"""Reads a model's architecture from a folder as the hub's clients leave it, or from a GGUF file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.models.config import read_config
from llmdeploy.serving.models.errors import BadModelFile
from llmdeploy.serving.models.fields import Fields

CONFIG = "config.json"
INDEX = "model.safetensors.index.json"
LARGEST_FILE = 64 << 20
"""Bytes of JSON that are read; the largest index of a published model is below 20 MB."""
TOLERANCE = 0.05
"""Share by which a 16-bit checkpoint may differ from what its config.json makes of it before that is
doubted."""
LARGEST_CHECKPOINT = 1 << 50


def read_folder(folder: Path) -> Architecture:
    """The architecture of a model in a local folder.

    Where the checkpoint's index shows that its size is not what config.json makes of it, the result says so
    (`known`).

    Raises:
        BadModelFile: the folder has no config.json, or a file in it is unreadable or says what cannot be.
    """
    architecture = read_config(folder.name, _read_json(folder / CONFIG), source=str(folder / CONFIG))
    index = folder / INDEX
    if not index.exists():
        return architecture
    size = checkpoint_bytes(_read_json(index), source=str(index))
    return replace(architecture, known=architecture.known and size_agrees(architecture, size))


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


def size_agrees(architecture: Architecture, size: int) -> bool:
    """Whether a checkpoint of `size` bytes can be this model: 2 or 4 bytes a parameter, or fewer when
    quantized."""
    each = size / architecture.parameters
    if architecture.native in ("bf16", "fp16"):
        return any(abs(each / expected - 1) <= TOLERANCE for expected in (2, 4))
    return 0.4 <= each <= 2 * (1 + TOLERANCE)


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
