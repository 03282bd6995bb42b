"""Find the Pulumi engine, or get it: PATH ▸ our cache ▸ the official installer ▸ a build with Go."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from llmdeploy.infra.engine.build import build_engine
from llmdeploy.infra.engine.download import download_engine
from llmdeploy.infra.engine.found import ENGINE_VERSION, Engine, Origin, Progress, Unusable
from llmdeploy.infra.engine.search import cached_binary, engine_in_cache, engine_on_path, engine_version
from llmdeploy.infra.engine.turn import our_turn
from llmdeploy.infra.errors import EngineMissing

_Obtain = Callable[[Path, Mapping[str, str], Progress], Path | Unusable]

_WAYS: tuple[tuple[Origin, _Obtain], ...] = (("download", download_engine), ("build", build_engine))


def find_engine(cache: Path, environ: Mapping[str, str] = os.environ) -> Engine | None:
    """The engine on PATH or in the cache; None when there is none. Never downloads or builds."""
    found = _present(cache, environ)
    return found if isinstance(found, Engine) else None


def ensure_engine(cache: Path, progress: Progress, environ: Mapping[str, str] = os.environ) -> Engine:
    """The engine, obtained if need be. `progress` gets a line at least every 2 seconds while that takes.

    Raises:
        EngineMissing: every way failed; says each and why.
    """
    present = _present(cache, environ)
    if isinstance(present, Engine):
        return present
    with our_turn(cache / "engine", progress):
        # Whoever had the turn before us may have got it.
        cached = engine_in_cache(cache)
        return cached if isinstance(cached, Engine) else _obtain(cache, progress, environ, present)


def _present(cache: Path, environ: Mapping[str, str]) -> Engine | list[Unusable]:
    attempts: list[Unusable] = []
    for found in (engine_on_path(environ), engine_in_cache(cache)):
        if isinstance(found, Engine):
            return found
        attempts.append(found)
    return attempts


def _obtain(cache: Path, progress: Progress, environ: Mapping[str, str], attempts: list[Unusable]) -> Engine:
    for origin, obtain in _WAYS:
        with _folder_beside(cached_binary(cache)) as folder:
            obtained = obtain(folder, environ, progress)
            if isinstance(obtained, Path):
                obtained = _tried_out(obtained, origin, environ)
            if isinstance(obtained, Path):
                return _moved_in(obtained, cache, origin)
        attempts.append(obtained)
    raise EngineMissing(ENGINE_VERSION, ((each.way, each.reason) for each in attempts))


@contextmanager
def _folder_beside(binary: Path) -> Iterator[Path]:
    """A folder for the work: on the same file system, so that moving the binary in is atomic."""
    binary.parent.mkdir(parents=True, exist_ok=True)
    # We have the turn: these are of processes that were killed.
    for left in binary.parent.parent.glob(".obtain-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=binary.parent.parent, prefix=".obtain-") as folder:
        yield Path(folder)


def _tried_out(binary: Path, origin: Origin, environ: Mapping[str, str]) -> Path | Unusable:
    version = engine_version(binary, environ)
    if version == ENGINE_VERSION.removeprefix("v"):
        return binary
    return Unusable(origin, f"it made an engine of version {version or 'unknown'}")


def _moved_in(binary: Path, cache: Path, origin: Origin) -> Engine:
    target = cached_binary(cache)
    binary.chmod(0o755)
    binary.replace(target)
    return Engine(target, ENGINE_VERSION.removeprefix("v"), origin)
