"""Cost against volume, as points of a curve."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.cost.volume import VolumeCost

POINTS = 9
SPAN = 100.0
"""The curve reaches from a hundredth to a hundred times the volume in its middle."""


@dataclass(frozen=True, slots=True)
class Point:
    """USD a month at a volume of tokens a month; None where the price of managed endpoints is not known."""

    tokens: float
    self_hosted_usd: float
    managed_usd: float | None
    api_usd: float


def cost_curve(
    own: VolumeCost,
    managed: VolumeCost | None,
    million_tokens_usd: float,
    middle: float,
    points: int = POINTS,
) -> tuple[Point, ...]:
    """Points that lie evenly on a logarithmic scale around `middle` tokens a month."""
    volumes = [middle * SPAN ** (2 * index / (points - 1) - 1) for index in range(points)]
    return tuple(
        Point(each, own.usd(each), managed.usd(each) if managed else None, each / 1e6 * million_tokens_usd)
        for each in volumes
    )
