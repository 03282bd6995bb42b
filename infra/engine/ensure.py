"""Find the Pulumi engine, or get it: PATH ▸ our cache ▸ the official installer ▸ a build with Go."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from llmdeploy.infra.engine.found import Engine

Progress = Callable[[str], None]


def find_engine(cache: Path, environ: Mapping[str, str] = os.environ) -> Engine | None:
    """The engine on PATH or in the cache; None when there is none. Never downloads or builds."""
    raise NotImplementedError


def ensure_engine(cache: Path, progress: Progress, environ: Mapping[str, str] = os.environ) -> Engine:
    """The engine, obtained if need be. `progress` gets a line at least every 2 seconds while that takes.

    Raises:
        EngineMissing: every way failed; says each and why.
    """
    raise NotImplementedError
