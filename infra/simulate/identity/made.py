"""A resource as its cloud made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Made:
    """The id, where it is (empty: global), and all that can be read back."""

    id: str
    region: str
    outputs: dict[str, Any]
