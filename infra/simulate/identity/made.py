"""A resource as its cloud made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llmdeploy.infra.simulate.sdk import Shape


@dataclass(frozen=True, slots=True)
class Made:
    """The id, where it is (empty: global), and all that can be read back."""

    id: str
    region: str
    outputs: dict[str, Any]


def with_changes(
    known: Shape, old: Mapping[str, Any], olds: Mapping[str, Any], news: Mapping[str, Any]
) -> dict[str, Any]:
    """The outputs after an update: what was made up stays, what was given is as it is given now.

    Args:
        old: the outputs before.
        olds: the inputs before.
    """
    kept = {name: value for name, value in old.items() if name in news or name not in olds}
    return kept | {name: value for name, value in news.items() if name in known.outputs}
