"""The environment of a version: an image that Azure ML builds, and the pages by which it knows how it is."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.azure import names
from llmdeploy.modules.azure.dockerfile import dockerfile, version_of
from llmdeploy.modules.azure.names import in_slot, part
from llmdeploy.modules.azure.place import AzurePlace
from llmdeploy.modules.azure.workspace import AzureWorkspace
from llmdeploy.serving.plan.managed import ManagedContainer
from llmdeploy.serving.plan.model import Slot

ROUTE = "/"
"""Where the container takes requests: all paths below it are handed on, so that its OpenAI interface is as it
is elsewhere (public examples of vLLM on Azure ML ask `/v1/chat/completions`)."""


class AzureImage(pulumi.ComponentResource):
    """A Dockerfile in the workspace's store, and a version of an environment built from it. A version never
    changes: another command or image is another one.
    """

    environment: pulumi.Output[str]
    """Its id."""

    def __init__(
        self,
        place: AzurePlace,
        workspace: AzureWorkspace,
        slot: Slot,
        container: ManagedContainer,
        digest: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        from pulumi_azure_native import machinelearningservices, storage

        name = part(place.name, in_slot(names.IMAGE, slot))
        super().__init__("llmdeploy:azure:Image", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        text = dockerfile(container, digest)
        version = version_of(text)
        blob = storage.Blob(
            part(name, "dockerfile"),
            account_name=workspace.account,
            container_name=workspace.contexts,
            resource_group_name=workspace.group,
            blob_name=f"{slot}-{version}/Dockerfile",
            content_type="text/plain",
            source=pulumi.StringAsset(text),
            opts=child,
        )
        context = f"https://{workspace.account}.blob.core.windows.net/{names.CONTEXTS}/{slot}-{version}/"
        self.environment = machinelearningservices.EnvironmentVersion(
            name,
            name=f"{place.deployment.stack}-{slot}",
            version=version,
            workspace_name=workspace.workspace,
            resource_group_name=workspace.group,
            properties={
                "build": {"context_uri": context, "dockerfile_path": "Dockerfile"},
                "inference_config": {
                    "liveness_route": {"path": container.health_path, "port": container.port},
                    "readiness_route": {"path": container.health_path, "port": container.port},
                    "scoring_route": {"path": ROUTE, "port": container.port},
                },
                "os_type": "Linux",
                "description": f"{container.image}, with its command",
                "tags": place.tags,
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[blob]),
        ).id
        self.register_outputs({})
