"""What the conversion could and could not use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TextIO


@dataclass
class Report:
    """Counts, and everything that found no place in the SDK."""

    missing: list[str]
    """Tokens for which the provider's source has no resource."""
    unmapped: list[str] = field(default_factory=list)
    mapped: int = 0
    from_cloud: int = 0
    from_documentation: int = 0
    relations: int = 0
    lost_relations: int = 0

    def show(self, out: TextIO, err: TextIO) -> None:
        """Counts to `out`; each property that has no place in the SDK to `err`."""
        print(f"properties mapped: {self.mapped}, not mapped: {len(self.unmapped)}", file=out)
        print(f"relations kept: {self.relations}, lost: {self.lost_relations}", file=out)
        print(f"values from the cloud's own model: {self.from_cloud}", file=out)
        print(f"values from documentation: {self.from_documentation}", file=out)
        print(f"tokens without a resource: {len(self.missing)}: {', '.join(self.missing)}", file=out)
        for line in self.unmapped:
            print("not mapped:", line, file=err)
