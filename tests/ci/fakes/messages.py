"""What fake forges receive, send and keep."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    """A request as it came. Header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeComment:
    id: int
    body: str
    author: str
    system: bool = False
    kind: str | None = None
    """Of the author, when the name does not tell."""


@dataclass
class FakeIssue:
    number: int
    title: str
    body: str
    author: str
    labels: list[str]
    open: bool = True
    comments: list[FakeComment] = field(default_factory=list)


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """A zip of these files, as the forges keep artifacts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()
