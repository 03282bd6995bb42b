"""The Envoys of each cloud region."""

from __future__ import annotations

from typing import Final

from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.gateway import GatewayTierPlan

LEAST: Final = 2
"""One may be lost, or replaced, while the other serves."""
MOST: Final = 6
TIERS: Final = {
    # The smallest that Envoy is never short of: a busy one was measured at 71 MiB and 0.06 ms a request.
    "aws": GatewayTierPlan(least=LEAST, most=MOST, vcpu=1, memory_gib=2),
    # e2-standard-2, the smallest of Google's machine types without shared cores.
    "gcp": GatewayTierPlan(least=LEAST, most=MOST, vcpu=2, memory_gib=8),
}


def add_gateway_tiers(draft: Draft) -> Draft:
    """Every region has its own, in zones apart; but those of Azure, whose endpoints the others' ask."""
    if not draft.regions:
        return draft
    regions = tuple(
        region.model_copy(update={"gateway_tier": TIERS[region.provider]}) if region.has_gateway else region
        for region in draft.regions
    )
    return draft.having(regions=regions)
