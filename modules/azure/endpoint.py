"""The online endpoint of a region, and the deployment of each version on it."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from llmdeploy.modules.azure import names
from llmdeploy.modules.azure.image import AzureImage
from llmdeploy.modules.azure.names import in_slot, part
from llmdeploy.modules.azure.place import AzurePlace
from llmdeploy.modules.azure.probes import probes
from llmdeploy.modules.azure.workspace import AzureWorkspace
from llmdeploy.modules.digests import digest_of
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.gateway.managed import azure_endpoint_name
from llmdeploy.serving.plan.managed import ManagedPlan
from llmdeploy.serving.plan.model import RegionPlan, Slot

LONGEST_REQUEST_S = 180
"""machine-learning/how-to-manage-quotas, "Max request time-out at endpoint level"."""


class AzureEndpoint(pulumi.ComponentResource):
    """One endpoint for both slots, whose name gateways know beforehand, and a deployment for each version.

    The endpoint has no traffic rules: gateways name the deployment that they want
    (`azureml-model-deployment`), as it is they who split requests between versions.

    Args:
        key: of the endpoint; a secret. Azure takes it when it makes the endpoint, and never tells it.
        digests: `image:tag` → digest.

    Raises:
        LlmdeployError: a version has no container, or the digest of its image is not known.
    """

    endpoint: pulumi.Output[str]
    """Its id."""
    deployments: Mapping[Slot, pulumi.Output[str]]
    """Their ids."""

    def __init__(
        self,
        place: AzurePlace,
        workspace: AzureWorkspace,
        region: RegionPlan,
        key: pulumi.Output[str],
        digests: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = part(place.name, names.ENDPOINT)
        super().__init__("llmdeploy:azure:Endpoint", name, {}, opts)
        self._name, self._place, self._workspace, self._digests = name, place, workspace, digests
        self._child = pulumi.ResourceOptions(parent=self)
        self.endpoint, self._endpoint_name = self._make_endpoint(key)
        self.deployments = {
            version.slot: self._deploy(version)
            # By slot: nothing changes when one version takes the other's place.
            for version in sorted(region.fleets, key=lambda fleet: fleet.slot)
        }
        self.register_outputs({})

    def _make_endpoint(self, key: pulumi.Output[str]) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
        from pulumi_azure_native import machinelearningservices

        place = self._place
        hidden: pulumi.Output[str] = pulumi.Output.secret(key)
        made = machinelearningservices.OnlineEndpoint(
            self._name,
            endpoint_name=azure_endpoint_name(place.deployment.stack, place.location, place.subscription),
            workspace_name=self._workspace.workspace,
            resource_group_name=self._workspace.group,
            location=place.location,
            kind="Managed",
            identity={"type": "SystemAssigned"},
            properties={
                "auth_mode": "Key",
                "keys": {"primary_key": hidden, "secondary_key": hidden},
                "public_network_access": "Enabled",
                "description": f"llmdeploy {place.deployment.stack}",
            },
            tags=place.tags,
            opts=self._child,
        )
        return made.id, made.name

    def _deploy(self, version: RegionPlan) -> pulumi.Output[str]:
        from pulumi_azure_native import machinelearningservices

        place, managed = self._place, _managed(version)
        container = managed.container
        assert container is not None
        image = AzureImage(
            place,
            self._workspace,
            version.slot,
            container,
            digest_of(self._digests, container.image),
            self._child,
        )
        return machinelearningservices.OnlineDeployment(
            part(place.name, in_slot(names.DEPLOYMENT, version.slot)),
            deployment_name=version.slot,
            endpoint_name=self._endpoint_name,
            workspace_name=self._workspace.workspace,
            resource_group_name=self._workspace.group,
            location=place.location,
            kind="Managed",
            sku={"name": "Default", "capacity": max(1, version.min_replicas)},
            # As there is more than one kind of deployment, a plain dictionary would not be understood.
            properties=machinelearningservices.ManagedOnlineDeploymentArgs(
                endpoint_compute_type="Managed",
                environment_id=image.environment,
                environment_variables=container.environment,
                instance_type=managed.unit,
                request_settings={
                    "max_concurrent_requests_per_instance": version.server.concurrency,
                    "request_timeout": f"PT{LONGEST_REQUEST_S}S",
                },
                scale_settings=machinelearningservices.DefaultScaleSettingsArgs(scale_type="Default"),
                app_insights_enabled=True,
                **probes(managed.startup_timeout_s),
            ),
            tags=place.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                # One that has failed is made anew under the same name.
                delete_before_replace=True,
                custom_timeouts=pulumi.CustomTimeouts(
                    create=_within(managed.startup_timeout_s), update=_within(managed.startup_timeout_s)
                ),
            ),
        ).id


def _managed(version: RegionPlan) -> ManagedPlan:
    if version.managed is None or version.managed.container is None:
        raise LlmdeployError(f"the plan of {version.name} has no container", "plan the spec anew")
    return version.managed


def _within(startup_s: int) -> str:
    """How long a deployment may take: the image is built first, and an instance found."""
    return f"{startup_s + BUILD_S}s"


BUILD_S = 3600
"""For an image of 10 GB and its instance: judgement."""
