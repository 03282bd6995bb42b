"""Cost against volume, as points of a curve."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.cost.volume import VolumeCost

POINTS = 9
SPAN = 100.0
"""The curve reaches from a hundredth to a hundred times the volume in its middle."""


@dataclass(frozen=True, slots=True)
class Point:
    """USD a month at a volume of tokens a month."""

    tokens: float
    self_hosted_usd: float
    api_usd: float


def cost_curve(volume: VolumeCost, million_tokens_usd: float, middle: float) -> tuple[Point, ...]:
    """Points that lie evenly on a logarithmic scale around `middle` tokens a month."""
    volumes = [middle * SPAN ** (2 * index / (POINTS - 1) - 1) for index in range(POINTS)]
    return tuple(Point(each, volume.usd(each), each / 1e6 * million_tokens_usd) for each in volumes)
