"""Checks of a region: whether it can be used, and has what the instances need."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Final

from llmdeploy.infra.preflight.clouds.protocol import Cloud
from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.serving.plan.hardware import HardwarePlan
from llmdeploy.serving.plan.model import RegionPlan
from llmdeploy.stacks.pins import zones_key

_SPOT_LIKELY: Final = 7
"""EC2's scores go from 1 to 10; 10 is highly likely, not certain (EC2 User Guide, spot placement score)."""
_SPOT_UNLIKELY: Final = 3


def region_enabled(region: RegionPlan, cloud: Cloud) -> Finding:
    """Whether the account can use the region at all."""
    state = cloud.region_state(region.location)
    if state == "enabled":
        return Finding(region.name, "region", "the region enabled", "enabled", "ok")
    if state == "unknown":
        mend = "see `llmdeploy catalog prices` for the regions there are"
        return Finding(region.name, "region", "the region enabled", "no such region", "failed", mend)
    command = f"aws account enable-region --region-name {region.location}" if region.provider == "aws" else ""
    mend = "enable it (takes up to some hours), or take another region"
    return Finding(region.name, "region", "the region enabled", "disabled", "failed", mend, command)


def zones(
    region: RegionPlan, hardware: HardwarePlan, cloud: Cloud, found: MutableMapping[str, tuple[str, ...]]
) -> Finding:
    """Whether some zone offers the instance type; one alone is a risk."""
    offering = tuple(sorted(cloud.zones_offering(region.location, hardware.instance)))
    needs = f"{hardware.instance} in a zone"
    if not offering:
        mend = f"take another region or `hardware.gpu`: no zone of {region.location} has {hardware.instance}"
        return Finding(region.name, "zones", needs, "none", "failed", mend)
    found[zones_key(region)] = offering
    if len(offering) == 1:
        mend = "an outage or a shortage there takes the region down; more regions help"
        return Finding(region.name, "zones", needs, f"only {offering[0]}", "warning", mend)
    letters = " ".join(zone.removeprefix(region.location).strip("-") for zone in offering)
    return Finding(region.name, "zones", needs, f"{len(offering)} zones: {letters}", "ok")


def machine_image(
    region: RegionPlan, cloud: Cloud, pinned: str | None, found: MutableMapping[str, str]
) -> Finding:
    """Whether the machine image of the instances can be resolved, and to which one; a pinned one is kept."""
    needs = "an image with the GPU driver"
    if pinned is not None:
        found[region.name] = pinned
        return Finding(region.name, "machine-image", needs, f"{_last(pinned)}, as before", "ok")
    image = cloud.machine_image(region.location)
    if not image:
        mend = "the cloud may have renamed it: update llmdeploy"
        return Finding(region.name, "machine-image", needs, "none", "failed", mend)
    found[region.name] = image
    return Finding(region.name, "machine-image", needs, _last(image), "ok")


def spot_odds(region: RegionPlan, hardware: HardwarePlan, cloud: Cloud) -> Finding | None:
    """How likely the region has as many spot instances; None where the cloud has no such figure."""
    count = max(region.min_replicas, 1)
    score = cloud.spot_score(region.location, hardware.instance, count)
    if score is None:
        return None
    needs, has = f"{count} × {hardware.instance} as spot", f"score {score} of 10"
    if score >= _SPOT_LIKELY:
        return Finding(region.name, "spot", needs, has, "ok")
    if score > _SPOT_UNLIKELY or hardware.purchase == "spot-with-fallback":
        mend = "replicas may be slow to come" if hardware.purchase == "spot" else "on demand fills in"
        return Finding(region.name, "spot", needs, has, "warning", mend)
    mend = "take `purchase: spot-with-fallback`, or add a region"
    return Finding(region.name, "spot", needs, has, "failed", mend, soft=True)


def _last(link: str) -> str:
    return link.rpartition("/")[2]
