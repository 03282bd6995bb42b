"""Checks that a file is a whole GGUF before the engine is started on it, so that the error names the file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from llmdeploy.serving.errors import LlmdeployError

_MAGIC = b"GGUF"


def check_gguf(path: Path, kind: Literal["model", "adapter"]) -> None:
    """Check that `path` is a GGUF file with all its tensors, and holds what is wanted.

    Raises:
        LlmdeployError: it is missing, something else, truncated, or of the other kind.
    """
    _check_magic(path, kind)
    import gguf

    try:
        reader = gguf.GGUFReader(path)
        found = _text(reader, "general.type") or "model"
        missing = max((t.data_offset + t.n_bytes for t in reader.tensors), default=0) > path.stat().st_size
    except (ValueError, IndexError, KeyError, OSError, TypeError):
        raise _damaged(path) from None
    if missing:
        raise _damaged(path)
    if found != kind:
        raise LlmdeployError(f"{path} holds a GGUF of type {found!r}", f"name a GGUF of type {kind!r}")


def _check_magic(path: Path, kind: Literal["model", "adapter"]) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except FileNotFoundError:
        named = "a GGUF file, smollm2 or random" if kind == "model" else "a LoRA adapter as a GGUF file"
        raise LlmdeployError(f"{path} does not exist", f"name {named}") from None
    except OSError as error:
        raise LlmdeployError(
            f"{path} cannot be read: {error.strerror}", "name a readable GGUF file"
        ) from None
    if magic != _MAGIC:
        raise LlmdeployError(
            f"{path} is not a GGUF file", "convert it with llama.cpp's convert_hf_to_gguf.py"
        )


def _damaged(path: Path) -> LlmdeployError:
    return LlmdeployError(f"{path} is truncated or damaged", "fetch or convert it again")


def _text(reader: object, key: str) -> str | None:
    import gguf

    assert isinstance(reader, gguf.GGUFReader)
    field = reader.get_field(key)
    return None if field is None else str(field.contents())
