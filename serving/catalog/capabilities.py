"""What each server can do, feature by feature and in pairs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from llmdeploy.serving.catalog.table import read_table


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether a server has a feature."""

    can: bool
    compute_capability: int = 0
    """The lowest that it needs, times ten; 0: any GPU."""
    because: str = ""
    """Why not."""
    note: str = ""
    """What a user of it must know."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two features that a server does not have together. `speculative` stands for every method of it."""

    features: tuple[str, str]
    because: str
    untested: bool
    """Whether nobody knows, so that it is allowed and warned of."""

    def within(self, features: tuple[str, ...]) -> bool:
        """Whether both are among `features`."""
        return all(any(is_kind(given, one) for given in features) for one in self.features)


@dataclass(frozen=True, slots=True)
class ServerCapabilities:
    """One row of the table."""

    server: str
    features: dict[str, Capability]
    pairs: tuple[Pair, ...]

    def runs(self, features: tuple[str, ...]) -> bool:
        """Whether the server has all of them, together too."""
        return all(self.features[feature].can for feature in features) and not any(
            pair.within(features) for pair in self.pairs if not pair.untested
        )


def is_kind(feature: str, kind: str) -> bool:
    """Whether a feature is `kind` or one of its kind: `speculative-ngram` is `speculative`."""
    return feature == kind or feature.startswith(f"{kind}-")


@cache
def capabilities() -> dict[str, ServerCapabilities]:
    """Every server's row; Triton has one for each backend."""
    return {server: _server(server, row) for server, row in read_table("capabilities").items()}


def _server(server: str, row: dict[str, Any]) -> ServerCapabilities:
    return ServerCapabilities(
        server,
        {feature: _capability(cell) for feature, cell in row["features"].items()},
        tuple(
            Pair((pair["features"][0], pair["features"][1]), pair["because"], pair.get("untested", False))
            for pair in row["pairs"]
        ),
    )


def _capability(cell: bool | dict[str, Any]) -> Capability:
    if isinstance(cell, bool):
        return Capability(cell)
    return Capability(cell["can"], cell.get("from", 0), cell.get("because", ""), cell.get("note", ""))
