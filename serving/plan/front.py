"""What stands in front of a deployment's regions."""

from __future__ import annotations

from collections.abc import Iterable

from llmdeploy.serving.plan.model import RegionPlan


def accelerated(regions: Iterable[RegionPlan], domain: str | None) -> bool:
    """Whether an accelerator joins the regions in AWS. One region alone needs it where there is no domain:
    its certificate must be for a name, and a load balancer's own is known only after it."""
    count = sum(region.provider == "aws" for region in regions)
    return count > 1 or (count == 1 and domain is None)
