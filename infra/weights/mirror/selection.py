"""Which files of a model a server loads."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

NEVER = ("original/*", "onnx/*", "*.onnx", "*.onnx_data", "*.gguf", "*.h5", "*.msgpack", "*.ot", "*.tflite")
"""Copies of the weights for other programs."""
PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")
"""Weights as pickles: servers prefer safetensors where there are both."""
CONSOLIDATED = ("consolidated*.safetensors",)
"""Mistral's own copy, beside the one in the hub's format."""


def served_files(paths: Iterable[str]) -> list[str]:
    """Without hidden files, and without weights that exist a second time in another format."""
    kept = [path for path in paths if not _hidden(path) and not _any(path, NEVER)]
    tensors = [path for path in kept if path.endswith(".safetensors")]
    if tensors:
        kept = [path for path in kept if not _any(path, PICKLED)]
    if any(not _any(path, CONSOLIDATED) for path in tensors):
        kept = [path for path in kept if not _any(path, CONSOLIDATED)]
    return sorted(kept)


def _hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


def _any(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)
