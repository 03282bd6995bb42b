"""What is resolved once and then kept, so that no new image of Google's rolls a fleet by surprise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llmdeploy.modules.digests import digest_of
from llmdeploy.serving.plan.model import Slot

NODE_IMAGE = ("common-cu129-ubuntu-2204-nvidia-580", "deeplearning-platform-release")
"""Family and project of the GPU instances' image: driver and container toolkit come with it, where the
Container-Optimized OS builds the driver at every boot. In use in nine public repositories in 2026."""
GATEWAY_IMAGE = ("cos-stable", "cos-cloud")
"""Family and project of the gateways' image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPins:
    """What the resources of one region are made from.

    Args:
        node_image: self link of the GPU instances' image; empty where there are none.
        gateway_image: self link of the gateways' image.
        zones: where the GPU instances of each version may run; a group's zones cannot be changed without
            replacing it.
        digests: `image:tag` → `sha256:…` of every container image.
    """

    node_image: str
    gateway_image: str
    zones: Mapping[Slot, tuple[str, ...]]
    digests: Mapping[str, str]

    def digest(self, image: str) -> str:
        """As `digests.digest_of`."""
        return digest_of(self.digests, image)


def newest_image(family: tuple[str, str]) -> str:
    """The self link of a family's newest image, as Google says now."""
    from pulumi_gcp import compute

    name, project = family
    return compute.get_image(family=name, project=project).self_link
