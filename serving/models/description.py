"""What a model's own files say of it, handed in from outside: serving asks no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.models.config import read_config

TOLERANCE = 0.05
"""Share by which a 16-bit checkpoint may differ from what its config.json makes of it before that is
doubted."""


@dataclass(frozen=True, slots=True)
class Description:
    """A parsed config.json, and the bytes of all weights where the index of the checkpoint tells them."""

    config: Mapping[str, Any]
    checkpoint_bytes: int | None
    source: str
    """Where it is from, as error messages name it."""


Describe = Callable[[str, str | None], Description]
"""Finds the description of a model by its name and revision.

Raises:
    ModelUnknown: there is none, or it cannot be had now.
"""


def described(name: str, description: Description) -> Architecture:
    """The architecture that a description makes.

    Where the size of the checkpoint is not what config.json makes of it, the result says so (`known`).

    Raises:
        BadModelFile: the config says what cannot be.
    """
    architecture = read_config(name, description.config, source=description.source)
    size = description.checkpoint_bytes
    if size is None:
        return architecture
    return replace(architecture, known=architecture.known and size_agrees(architecture, size))


def size_agrees(architecture: Architecture, size: int) -> bool:
    """Whether a checkpoint of `size` bytes can be this model: 2 or 4 bytes a parameter, or fewer when
    quantized."""
    each = size / architecture.parameters
    if architecture.native in ("bf16", "fp16"):
        return any(abs(each / expected - 1) <= TOLERANCE for expected in (2, 4))
    return 0.4 <= each <= 2 * (1 + TOLERANCE)
