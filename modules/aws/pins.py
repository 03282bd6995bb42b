"""What is resolved once and then kept, so that nothing of AWS's that is newer rolls a fleet by surprise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llmdeploy.modules.digests import digest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPins:
    """What the resources of one region are made from.

    Args:
        digests: `image:tag` → `sha256:…` of every container image.
        machine_image: the id of the instances' AMI; None: the newest.
        zones: the zones that offer the instance; None: as AWS says now.
        network_zones: those that have subnets already.
    """

    digests: Mapping[str, str]
    machine_image: str | None = None
    zones: tuple[str, ...] | None = None
    network_zones: tuple[str, ...] = ()

    def digest(self, image: str) -> str:
        """As `digests.digest_of`."""
        return digest_of(self.digests, image)
