"""The inference servers that a spec can name, and what each can do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from llmdeploy.serving.catalog.capabilities import capabilities
from llmdeploy.serving.catalog.table import read_table

DEFAULT_BACKEND = "vllm"
"""Of Triton, where a spec names none."""


@dataclass(frozen=True, slots=True)
class FrameworkFacts:
    """One inference server. `reserved` and `removed` map a flag, without dashes, to what to use instead."""

    name: str
    version: str
    """What runs when the spec names no version."""
    versions: tuple[str, ...]
    """The versions whose flags the catalog knows."""
    max_lora_rank: int | None
    reserved: dict[str, str]
    removed: dict[str, str]
    maintenance: str
    """Why not to choose it for something new; empty when there is no reason."""
    source: str
    checked: str
    """ISO date."""

    @property
    def kv_cache(self) -> tuple[str, ...]:
        """The formats of its key-value cache, beside 16 bits."""
        row = capabilities()[server_name(self.name)].features
        return tuple(one for one in ("fp8", "nvfp4") if row[f"kv-cache-{one}"].can)


def server_name(framework: str, backend: str | None = None) -> str:
    """The server of a framework in tables: Triton is one server for each of its backends."""
    return f"triton-{backend or DEFAULT_BACKEND}" if framework == "triton" else framework


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
        max_lora_rank=row.get("max_lora_rank"),
        reserved=row["reserved"],
        removed=row.get("removed", {}),
        maintenance=row.get("maintenance", ""),
        source=row["source"],
        checked=str(row["checked"]),
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
    """Every way in which a framework, or a server of capabilities.yaml, runs quantized weights."""
    server = server_name(framework)
    return tuple(
        QuantizationSupport(
            row["weights"], row["method"], row["compute_capability"], tuple(row.get("not_on", ()))
        )
        for row in read_table("quantization")
        if row["framework"] == server
    )
