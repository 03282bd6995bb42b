"""A workspace of Azure ML with all that it needs beside it: a resource group of the deployment's own."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.azure import names
from llmdeploy.modules.azure.names import part
from llmdeploy.modules.azure.place import AzurePlace

KEPT_DAYS = 30
"""Of logs, the least that a workspace of Log Analytics keeps at no further charge."""
VAULT_KEPT_DAYS = 7
"""Of a deleted vault, the fewest that Azure allows."""


class AzureWorkspace(pulumi.ComponentResource):
    """Azure ML wants a storage account, a vault and Application Insights for each workspace, and a registry
    to build images into (machine-learning/concept-workspace, "Associated resources"). It gives the
    workspace's own identity the rights on them by itself.
    """

    group: pulumi.Output[str]
    workspace: pulumi.Output[str]
    """Its name."""
    contexts: pulumi.Output[str]
    """The container that image builds read from, by name."""
    account: str

    def __init__(self, place: AzurePlace, opts: pulumi.ResourceOptions | None = None) -> None:
        name = part(place.name, names.WORKSPACE)
        super().__init__("llmdeploy:azure:Workspace", name, {}, opts)
        self._name, self._place = name, place
        self._child = pulumi.ResourceOptions(parent=self)
        self.group = self._make_group()
        storage, self.account = self._make_storage()
        self.contexts = self._make_contexts(storage)
        self.workspace = self._make_workspace(storage, self._make_vault(), self._make_insights())
        self.register_outputs({})

    def _once(self, what: str) -> pulumi.Output[str]:
        place = self._place
        stack, location, subscription = place.deployment.stack, place.location, place.subscription
        return place.salt.apply(lambda salt: names.once(stack, location, subscription, salt, what))

    def _globally(self, what: str) -> str:
        place = self._place
        return names.globally(place.deployment.stack, place.location, place.subscription, what)

    def _make_group(self) -> pulumi.Output[str]:
        from pulumi_azure_native import resources

        place = self._place
        return resources.ResourceGroup(
            part(place.name, names.GROUP),
            resource_group_name=names.group_name(place.deployment.stack, place.location),
            location=place.location,
            tags=place.tags,
            opts=self._child,
        ).name

    def _make_storage(self) -> tuple[pulumi.Output[str], str]:
        from pulumi_azure_native import storage

        place, account = self._place, self._globally(names.STORAGE)
        made = storage.StorageAccount(
            part(place.name, names.STORAGE),
            account_name=account,
            resource_group_name=self.group,
            location=place.location,
            kind="StorageV2",
            sku={"name": "Standard_LRS"},
            minimum_tls_version="TLS1_2",
            enable_https_traffic_only=True,
            allow_blob_public_access=False,
            tags=place.tags,
            opts=self._child,
        )
        return made.id, account

    def _make_contexts(self, storage_id: pulumi.Output[str]) -> pulumi.Output[str]:
        from pulumi_azure_native import storage

        return storage.BlobContainer(
            part(self._place.name, names.CONTEXTS),
            # Of the account that is there.
            account_name=storage_id.apply(lambda identity: identity.rpartition("/")[2]),
            resource_group_name=self.group,
            container_name=names.CONTEXTS,
            public_access="None",
            opts=self._child,
        ).name

    def _make_vault(self) -> pulumi.Output[str]:
        from pulumi_azure_native import keyvault

        place = self._place
        return keyvault.Vault(
            part(place.name, names.VAULT),
            vault_name=self._once(names.VAULT),
            resource_group_name=self.group,
            location=place.location,
            properties={
                "tenant_id": place.tenant,
                "sku": {"family": "A", "name": "standard"},
                # Azure ML adds the policy of the workspace's identity by itself.
                "access_policies": [],
                "enable_rbac_authorization": False,
                "soft_delete_retention_in_days": VAULT_KEPT_DAYS,
            },
            tags=place.tags,
            # What Azure ML adds is not ours to take away.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["properties.accessPolicies"]),
        ).id

    def _make_insights(self) -> pulumi.Output[str]:
        from pulumi_azure_native import applicationinsights, operationalinsights

        place = self._place
        logs = operationalinsights.Workspace(
            part(place.name, names.LOGS),
            workspace_name=part(place.deployment.stack, names.LOGS),
            resource_group_name=self.group,
            location=place.location,
            sku={"name": "PerGB2018"},
            retention_in_days=KEPT_DAYS,
            tags=place.tags,
            opts=self._child,
        )
        return applicationinsights.Component(
            part(place.name, names.INSIGHTS),
            resource_name_=part(place.deployment.stack, names.INSIGHTS),
            resource_group_name=self.group,
            location=place.location,
            kind="web",
            application_type="web",
            ingestion_mode="LogAnalytics",
            workspace_resource_id=logs.id,
            tags=place.tags,
            opts=self._child,
        ).id

    def _make_workspace(
        self, storage: pulumi.Output[str], vault: pulumi.Output[str], insights: pulumi.Output[str]
    ) -> pulumi.Output[str]:
        from pulumi_azure_native import containerregistry, machinelearningservices

        place = self._place
        registry = containerregistry.Registry(
            part(place.name, names.REGISTRY),
            registry_name=self._globally(names.REGISTRY),
            resource_group_name=self.group,
            location=place.location,
            sku={"name": "Standard"},
            # Azure ML builds and pulls with the workspace's and the endpoint's identities.
            admin_user_enabled=False,
            tags=place.tags,
            opts=self._child,
        )
        return machinelearningservices.Workspace(
            self._name,
            workspace_name=self._once(names.WORKSPACE),
            resource_group_name=self.group,
            location=place.location,
            friendly_name=f"llmdeploy {place.deployment.stack}",
            identity={"type": "SystemAssigned"},
            storage_account=storage,
            key_vault=vault,
            application_insights=insights,
            container_registry=registry.id,
            tags=place.tags,
            opts=self._child,
        ).name
