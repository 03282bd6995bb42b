"""What each server's image weighs, and how long it warms up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from llmdeploy.serving.catalog.table import read_table


@dataclass(frozen=True, slots=True)
class StartupFacts:
    """One server, before it has loaded anything. GiB and seconds."""

    image_gib: float
    """Compressed, as a registry sends it."""
    unpacked_gib: float
    warm_up_s: float
    """Memory profiling, compilation and CUDA graphs, without a cache."""
    image_source: str
    warm_up_source: str
    checked: str
    """ISO date."""


@cache
def startup_facts(server: str) -> StartupFacts:
    """The facts of a server as the catalog's tables name it: Triton once for each backend.

    Raises:
        KeyError: there is no such server.
    """
    row = read_table("startup")[server]
    return StartupFacts(
        image_gib=row["image_gib"],
        unpacked_gib=row["unpacked_gib"],
        warm_up_s=row["warm_up_s"],
        image_source=row["source"],
        warm_up_source=row["warm_up_source"],
        checked=str(row["checked"]),
    )
