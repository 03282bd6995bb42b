"""The GPUs that a spec can name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from llmdeploy.serving.catalog.table import read_table


@dataclass(frozen=True, slots=True)
class Gpu:
    """One kind of GPU."""

    name: str
    memory_gib: float
    """What the card reports."""
    compute_capability: int
    """NVIDIA's, times ten: 89 is 8.9."""
    providers: tuple[str, ...]
    """The clouds that rent it somewhere."""


@cache
def gpus() -> dict[str, Gpu]:
    """Every GPU of the catalog by its name."""
    return {
        name: Gpu(name, row["memory_gib"], row["compute_capability"], tuple(row["providers"]))
        for name, row in read_table("gpus").items()
    }
