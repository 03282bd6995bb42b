"""From what a spec or a command line says about weights to a GGUF file on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from llmdeploy.infra.weights.gguf_file import check_gguf
from llmdeploy.infra.weights.random_gguf import random_gguf
from llmdeploy.infra.weights.smollm2 import ensure_smollm2
from llmdeploy.serving.errors import LlmdeployError

Progress = Callable[[str], object]
"""Is given a line for the user, at least every 2 seconds while something slow goes on."""


def resolve_weights(name_or_path: str, cache: Path, progress: Progress) -> Path:
    """The GGUF file that `name_or_path` means: `smollm2`, `random`, a file, or a folder that holds one GGUF.

    Fetches or generates what is not there yet. Never puts one model in another's place.

    Raises:
        LlmdeployError: there is no such file or folder, it is not a whole GGUF model, or the fetch failed.
    """
    if name_or_path == "smollm2":
        return ensure_smollm2(cache, progress)
    if name_or_path == "random":
        return random_gguf(cache)
    path = Path(name_or_path).expanduser().absolute()
    model = _only_gguf(path) if path.is_dir() else path
    check_gguf(model, "model")
    return model


def describe_weights(name_or_path: str, model: Path) -> str:
    """What runs, in a word or a path, for metrics and logs."""
    return name_or_path if name_or_path in ("smollm2", "random") else str(model)


def check_adapters(paths: Iterable[Path]) -> None:
    """Check that every path is a whole GGUF with a LoRA adapter.

    Raises:
        LlmdeployError: one is not; names the first.
    """
    for path in paths:
        check_gguf(path, "adapter")


def _only_gguf(folder: Path) -> Path:
    found = sorted(folder.glob("*.gguf"))
    if len(found) != 1:
        count = "no GGUF file" if not found else f"{len(found)} GGUF files"
        raise LlmdeployError(f"{folder} holds {count}", "name the GGUF file itself")
    return found[0]
