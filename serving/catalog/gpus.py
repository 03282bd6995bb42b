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
    usable_gib: float = 0.0
    """The total that CUDA reports to a program: less than `memory_gib`."""
    bf16_tflops: float = 0.0
    """Dense, as the other throughputs are; on a card without bf16, of fp16."""
    fp8_tflops: float = 0.0
    fp4_tflops: float = 0.0
    bandwidth_gbs: float = 0.0
    """GB/s of device memory."""
    interconnect: str = "pcie"
    interconnect_gbs: float = 0.0
    """GB/s between the GPUs of one server, both directions together."""
    formats: tuple[str, ...] = ()
    """The number formats that the card's matrix units multiply."""
    unverified: str = ""
    """Which figures no source confirms, and how they were come by."""
    source: str = ""
    checked: str = ""
    """ISO date."""


@cache
def gpus() -> dict[str, Gpu]:
    """Every GPU of the catalog by its name."""
    return {
        name: Gpu(
            name,
            row["memory_gib"],
            row["compute_capability"],
            tuple(row["providers"]),
            usable_gib=row["usable_gib"],
            bf16_tflops=row["bf16_tflops"],
            fp8_tflops=row.get("fp8_tflops", 0.0),
            fp4_tflops=row.get("fp4_tflops", 0.0),
            bandwidth_gbs=row["bandwidth_gbs"],
            interconnect=row["interconnect"],
            interconnect_gbs=row["interconnect_gbs"],
            formats=tuple(row["formats"]),
            unverified=row.get("unverified", ""),
            source=f"{row['source']}; usable memory: {row['usable_source']}",
            checked=str(row["checked"]),
        )
        for name, row in read_table("gpus").items()
    }
