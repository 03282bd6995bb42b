"""What the resources of a plan are made by: our own code, and the SDKs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import llmdeploy

_FOLDERS: Final = ("serving", "modules", "stacks", "infra/provider")
_SDKS: Final = ("pulumi", "pulumi-aws", "pulumi-gcp")


@cache
def code_digest() -> str:
    """sha256 of it; the same on two machines with the same code, wherever it is installed."""
    digest = hashlib.sha256("\n".join(_versions()).encode())
    root = Path(llmdeploy.__file__).parent
    for file in sorted(_files(root)):
        digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for folder in _FOLDERS:
        for file in (root / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file


def _versions() -> Iterator[str]:
    for name in _SDKS:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} missing"
