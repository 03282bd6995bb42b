"""One region of Azure: a workspace, and the online endpoint that other regions' gateways ask."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from llmdeploy.modules.azure.endpoint import AzureEndpoint
from llmdeploy.modules.azure.place import AzurePlace
from llmdeploy.modules.azure.workspace import AzureWorkspace
from llmdeploy.serving.plan.model import RegionPlan, Slot


class AzureRegion(pulumi.ComponentResource):
    """A region that needs nothing of any other, and that no other waits for.

    Args:
        key: of the endpoint; a secret.
        digests: `image:tag` → digest.

    Raises:
        LlmdeployError: the digest of an image is not known.
    """

    group: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    """Its id."""
    deployments: Mapping[Slot, pulumi.Output[str]]
    """Their ids, by the slot of the version."""

    def __init__(
        self,
        place: AzurePlace,
        region: RegionPlan,
        key: pulumi.Output[str],
        digests: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:azure:Region", place.name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        workspace = AzureWorkspace(place, child)
        made = AzureEndpoint(place, workspace, region, key, digests, child)
        self.group = workspace.group
        self.endpoint, self.deployments = made.endpoint, made.deployments
        self.register_outputs({})
