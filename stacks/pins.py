"""What is resolved when a deployment is made, and then kept: images, machine images and zones.

They are an output of the stack, and the next `up` hands them back: nothing newer of a cloud's or a registry's
rolls a fleet unless it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.plan.model import RegionPlan
from llmdeploy.stacks import names


class Pins(Frozen):
    """By region, but `images`, which is `image:tag` → digest. What is missing is resolved anew."""

    images: dict[str, str] = Field(default_factory=dict)
    machine_images: dict[str, str] = Field(default_factory=dict)
    """Of the GPU instances: an AMI's id, or an image's self link."""
    gateway_images: dict[str, str] = Field(default_factory=dict)
    """Of gateways that are instances."""
    zones: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """By region and instance (`zones_key`): another instance may not be offered in the zones of the last."""
    network_zones: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Of what stands in zones and is not moved lightly: AWS's subnets; Google's instance groups, by
    `slot_key`."""

    def over(self, others: Pins) -> Pins:
        """These pins, and the others where these say nothing."""
        return Pins(
            images={**others.images, **self.images},
            machine_images={**others.machine_images, **self.machine_images},
            gateway_images={**others.gateway_images, **self.gateway_images},
            zones={**others.zones, **self.zones},
            network_zones={**others.network_zones, **self.network_zones},
        )


def zones_key(region: RegionPlan) -> str:
    """The key of a region's zones: `aws/us-east-1 g6.xlarge`."""
    return f"{region.name} {region.hardware.instance}" if region.hardware else region.name


def slot_key(region: RegionPlan) -> str:
    """The key of what a version in a region stands in: `gcp/us-central1`, and in the other slot
    `gcp/us-central1 green`."""
    return region.name if region.slot == "blue" else f"{region.name} {region.slot}"


def pins_of(facts: Mapping[str, Mapping[str, Any]]) -> Pins:
    """The pins of a stack's last `up`, from the facts in its state; none before the first one."""
    found = facts.get(names.facts(names.PINS)) or {}
    return Pins.model_validate(found.get("pins") or {})
