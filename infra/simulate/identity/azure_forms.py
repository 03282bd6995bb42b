"""How Azure writes the ids of its resources.

Source: the paths of Azure's REST API, as the import examples of pulumi-azure-native 3.29.0 have them
(pulumi.com/registry/packages/azure-native); written down 2026-11-30. A field in braces is an input.
"""

from __future__ import annotations

from typing import Final

_GROUP: Final = "/subscriptions/{subscription}/resourceGroups/{resourceGroupName}"
_ML: Final = f"{_GROUP}/providers/Microsoft.MachineLearningServices/workspaces/{{workspaceName}}"
_STORAGE: Final = f"{_GROUP}/providers/Microsoft.Storage/storageAccounts/{{accountName}}"
_CONTAINER: Final = f"{_STORAGE}/blobServices/default/containers/{{containerName}}"
_ENDPOINT: Final = f"{_ML}/onlineEndpoints/{{endpointName}}"

FORMS: Final[dict[str, str]] = {
    "azure-native:resources:ResourceGroup": _GROUP,
    "azure-native:storage:StorageAccount": _STORAGE,
    "azure-native:storage:BlobContainer": _CONTAINER,
    "azure-native:storage:Blob": f"{_CONTAINER}/blobs/{{blobName}}",
    "azure-native:keyvault:Vault": f"{_GROUP}/providers/Microsoft.KeyVault/vaults/{{vaultName}}",
    "azure-native:operationalinsights:Workspace": (
        f"{_GROUP}/providers/Microsoft.OperationalInsights/workspaces/{{workspaceName}}"
    ),
    "azure-native:applicationinsights:Component": (
        f"{_GROUP}/providers/Microsoft.Insights/components/{{resourceName}}"
    ),
    "azure-native:containerregistry:Registry": (
        f"{_GROUP}/providers/Microsoft.ContainerRegistry/registries/{{registryName}}"
    ),
    "azure-native:machinelearningservices:Workspace": _ML,
    "azure-native:machinelearningservices:EnvironmentVersion": (
        f"{_ML}/environments/{{name}}/versions/{{version}}"
    ),
    "azure-native:machinelearningservices:OnlineEndpoint": _ENDPOINT,
    "azure-native:machinelearningservices:OnlineDeployment": f"{_ENDPOINT}/deployments/{{deploymentName}}",
}
