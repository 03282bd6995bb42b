"""What a volume of tokens costs, self-hosted and by an API, and where the two meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from llmdeploy.serving.cost.alternatives import EndpointCost, Rate
from llmdeploy.serving.plan.cost import MONTH_HOURS
from llmdeploy.serving.plan.model import Plan

MOST_REPLICAS = 4096
"""Where the search for the break-even ends."""


@dataclass(frozen=True, slots=True)
class VolumeCost:
    """A plan as a function of volume. USD and tokens a month, input and output together.

    Replicas are added as the volume needs them, in the region where they cost least a token.
    """

    fixed_usd: float
    """What is paid however little is asked: gateways, balancers, and each region's least replicas."""
    included_tokens: float
    """What those replicas answer at the utilisation."""
    replica_usd: float
    replica_tokens: float

    def usd(self, tokens: float) -> float:
        """Self-hosted, a month."""
        more = max(0.0, tokens - self.included_tokens)
        return self.fixed_usd + ceil(more / self.replica_tokens) * self.replica_usd

    def break_even(self, million_tokens_usd: float) -> float | None:
        """The least tokens a month at which self-hosting costs no more than an API; None where it never
        does."""
        for extra in range(MOST_REPLICAS):
            usd = self.fixed_usd + extra * self.replica_usd
            tokens = usd / million_tokens_usd * 1e6
            if tokens <= self.included_tokens + extra * self.replica_tokens:
                return tokens
        return None

    def settled(self, million_tokens_usd: float) -> float | None:
        """The tokens a month from which self-hosting never costs more than an API again; None where it always
        does somewhere.

        It may lie above the break-even: a replica that has just been added is paid for before it is full.
        """
        found: float | None = 0.0
        below = 0.0
        for extra in range(MOST_REPLICAS):
            usd = self.fixed_usd + extra * self.replica_usd
            meets = usd / million_tokens_usd * 1e6
            full = self.included_tokens + extra * self.replica_tokens
            if meets > below:
                found = min(meets, full) if extra < MOST_REPLICAS - 1 else None
            below = full
        return found


def volume_cost(plan: Plan, rates: Mapping[str, float] | None = None) -> VolumeCost:
    """The function for a plan that has a price.

    Args:
        rates: USD an hour of each region's instance when it is had another way; with them, instances alone.
    """
    cost = plan.cost
    assert cost is not None
    fixed, included, best = 0.0, 0.0, (float("inf"), 0.0, 1.0)
    for region in plan.regions:
        hardware = region.hardware
        assert hardware is not None
        speed = hardware.speed
        each = speed.requests_per_second * (speed.input_tokens + speed.output_tokens)
        tokens = each * cost.utilisation * 3600 * MONTH_HOURS
        usd = (hardware.hourly_usd if rates is None else rates[region.name]) * MONTH_HOURS
        included += tokens * region.min_replicas
        fixed += usd * region.min_replicas
        best = min(best, (usd / tokens, usd, tokens))
    whole = cost.least_usd * MONTH_HOURS if rates is None else fixed
    return VolumeCost(whole, included, best[1], best[2])


def both_ways(plan: Plan, endpoints: Sequence[EndpointCost]) -> tuple[VolumeCost | None, VolumeCost | None]:
    """The plan self-hosted, and as managed endpoints, in every region: as planned where that is how it is
    planned, else the instances alone; None where a price is not known."""
    managed = {region.managed is not None for region in plan.regions}
    planned = volume_cost(plan) if len(managed) == 1 else None
    own = {each.region: each.self_hosted for each in endpoints}
    rented = {each.region: each.managed for each in endpoints}
    return (
        planned if managed == {False} else _alone(plan, own),
        planned if managed == {True} else _alone(plan, rented),
    )


def _alone(plan: Plan, rates: Mapping[str, Rate | None]) -> VolumeCost | None:
    known = {region: rate.hourly_usd for region, rate in rates.items() if rate is not None}
    return volume_cost(plan, known) if len(known) == len(plan.regions) else None
