"""What the resources of a region share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from llmdeploy.modules.deployment import Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class AzurePlace:
    """A region of one subscription.

    Args:
        name: the region's logical name, with which those of its resources begin.
        location: `eastus`.
        subscription: its id.
        tenant: the directory's id.
        salt: lasts as long as the deployment (`names.once`).
    """

    name: str
    location: str
    subscription: str
    tenant: str
    deployment: Deployment
    salt: pulumi.Output[str]

    @property
    def tags(self) -> Mapping[str, str]:
        """On everything that takes tags."""
        return self.deployment.tags
