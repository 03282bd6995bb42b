"""Made-up values that are the same each time: drawn from the URN, so that golden files stay."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seed:
    """The source of a resource's made-up values. `generation` counts the resources that had this URN
    before.
    """

    urn: str
    generation: int

    def hex(self, purpose: str, length: int) -> str:
        """That many hexadecimal digits; another purpose gives others."""
        digest = hashlib.sha256(f"{self.urn}|{self.generation}|{purpose}".encode()).hexdigest()
        return digest[:length]

    def number(self, purpose: str, below: int) -> int:
        """A whole number from 0 to below - 1."""
        return int(self.hex(purpose, 12), 16) % below
