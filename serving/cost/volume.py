"""What a volume of tokens costs, self-hosted and by an API, and where the two meet."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

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


def volume_cost(plan: Plan) -> VolumeCost:
    """The function for a plan that has a price."""
    cost = plan.cost
    assert cost is not None
    included, best = 0.0, (float("inf"), 0.0, 1.0)
    for region in plan.regions:
        hardware = region.hardware
        assert hardware is not None
        speed = hardware.speed
        each = speed.requests_per_second * (speed.input_tokens + speed.output_tokens)
        tokens = each * cost.utilisation * 3600 * MONTH_HOURS
        included += tokens * region.min_replicas
        usd = hardware.hourly_usd * MONTH_HOURS
        best = min(best, (usd / tokens, usd, tokens))
    return VolumeCost(cost.least_usd * MONTH_HOURS, included, best[1], best[2])
