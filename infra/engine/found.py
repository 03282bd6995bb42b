"""An engine that is there, or the reason why one is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

ENGINE_VERSION = "v3.259.0"
"""The engine we pin: the version of the Python SDK in uv.lock, and of infra/engine/go.mod."""

Origin = Literal["path", "cache", "download", "build"]

Progress: TypeAlias = Callable[[str], None]
"""Takes one line that says what is being done, at least every 2 seconds."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A Pulumi command line that works with our SDK. `version` has no leading v."""

    path: Path
    version: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Unusable:
    """A way of coming to an engine that did not work, and why."""

    way: str
    reason: str
