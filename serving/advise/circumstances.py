"""What the advice depends on, beside the spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Maturity = Literal["none", "some", "strong"]
MATURITIES: tuple[Maturity, ...] = ("none", "some", "strong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """The user's own situation."""

    tokens_per_month: float
    """Input and output together."""
    residency: bool
    """Data may not leave regions of one's own choice."""
    strict_latency: bool
    """A latency must be kept that a shared API does not promise."""
    customised: bool
    """The weights or adapters are one's own."""
    operations: Maturity
    """How used the team is to running GPUs: not at all, a little, or with people on call."""
    structured_output: bool
    hugging_face: bool
    """The rest of the stack is Hugging Face's."""
    nvidia_fleet: bool
    """All GPUs are NVIDIA's, and the last bit of throughput is worth a build a model."""
    existing_triton: bool
