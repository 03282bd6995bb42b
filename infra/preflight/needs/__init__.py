"""How much of which quota a plan needs: the fewest replicas at once, the most in the middle of a rollout."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.infra.preflight.needs.aws import aws_needs
from llmdeploy.infra.preflight.needs.gcp import gcp_needs, project_needs
from llmdeploy.infra.preflight.needs.managed import managed_needs
from llmdeploy.infra.preflight.needs.need import HeldIn, QuotaNeed
from llmdeploy.serving.plan.model import RegionPlan

__all__ = ["HeldIn", "QuotaNeed", "project_needs", "region_needs"]


def region_needs(region: RegionPlan) -> Iterator[QuotaNeed]:
    """What a cloud region needs."""
    if region.hardware is None:
        return
    if region.managed is not None:
        yield from managed_needs(region, region.managed)
    if region.provider == "aws":
        yield from aws_needs(region, region.hardware)
    elif region.provider == "gcp":
        yield from gcp_needs(region, region.hardware)
