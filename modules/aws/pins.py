"""What is resolved once and then kept, so that nothing of AWS's that is newer rolls a fleet by surprise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from llmdeploy.modules.digests import digest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPins:
    """What the resources of one region are made from.

    Args:
        digests: `image:tag` → `sha256:…` of every container image.
        machine_image: the id of the instances' AMI; None: the newest.
        zones: the zones that offer an instance, by its type; of one that is missing: as AWS says now.
        network_zones: those that have subnets already.
    """

    digests: Mapping[str, str]
    machine_image: str | None = None
    zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    network_zones: tuple[str, ...] = ()

    def digest(self, image: str) -> str:
        """As `digests.digest_of`."""
        return digest_of(self.digests, image)
