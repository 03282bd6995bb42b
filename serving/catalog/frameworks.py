"""The inference servers that a spec can name, and what each can do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from llmdeploy.serving.catalog.table import read_table


@dataclass(frozen=True, slots=True)
class FrameworkFacts:
    """One inference server. `reserved` and `removed` map a flag, without dashes, to what to use instead."""

    name: str
    version: str
    """What runs when the spec names no version."""
    versions: tuple[str, ...]
    """The versions whose flags the catalog knows."""
    speculative: tuple[str, ...]
    kv_cache: tuple[str, ...]
    max_lora_rank: int | None
    reserved: dict[str, str]
    removed: dict[str, str]
    maintenance: str
    """Why not to choose it for something new; empty when there is no reason."""


@cache
def framework_facts(name: str) -> FrameworkFacts:
    """The facts of one framework.

    Raises:
        KeyError: not in the catalog, as `custom` is not.
    """
    row = read_table("frameworks")[name]
    return FrameworkFacts(
        name=name,
        version=row["version"],
        versions=tuple(row["versions"]),
        speculative=tuple(row["speculative"]),
        kv_cache=tuple(row["kv_cache"]),
        max_lora_rank=row.get("max_lora_rank"),
        reserved=row["reserved"],
        removed=row.get("removed", {}),
        maintenance=row.get("maintenance", ""),
    )


@dataclass(frozen=True, slots=True)
class QuantizationSupport:
    """A way in which a framework runs quantized weights.

    `compute_capability` is the lowest, times ten; `not_on` names GPUs above it that are left out too.
    """

    weights: str
    method: str
    compute_capability: int
    not_on: tuple[str, ...]


@cache
def quantization_support(framework: str) -> tuple[QuantizationSupport, ...]:
    """Every way in which `framework` runs quantized weights."""
    return tuple(
        QuantizationSupport(
            row["weights"], row["method"], row["compute_capability"], tuple(row.get("not_on", ()))
        )
        for row in read_table("quantization")
        if row["framework"] == framework
    )
