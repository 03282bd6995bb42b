"""An engine that is there, and which versions will do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ENGINE_VERSION = "v3.259.0"
"""The engine we pin: the version of the Python SDK in uv.lock, and of infra/engine/go.mod."""

Origin = Literal["path", "cache", "download", "build"]


@dataclass(frozen=True, slots=True)
class Engine:
    """A Pulumi command line that works with our SDK. `version` has no leading v."""

    path: Path
    version: str
    origin: Origin
