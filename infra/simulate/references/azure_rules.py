"""What Azure's properties mean. Error texts: Azure Resource Manager's common deployment errors
(azure-resource-manager/troubleshooting), written down 2026-11-30.
"""

from __future__ import annotations

from typing import Final

from llmdeploy.infra.simulate.references.rule import Rule

_ML: Final = "azure-native:machinelearningservices"
_IN_A_WORKSPACE: Final = (
    f"{_ML}:EnvironmentVersion",
    f"{_ML}:OnlineEndpoint",
    f"{_ML}:OnlineDeployment",
)
_PARENT: Final = (
    "Can not perform requested operation on nested resource. Parent resource '{value}' not found."
)

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        ("resourceGroupName",),
        ("azure-native:resources:ResourceGroup",),
        "ResourceGroupNotFound",
        "Resource group '{value}' could not be found.",
    ),
    Rule(
        ("workspaceName",),
        (f"{_ML}:Workspace",),
        "ParentResourceNotFound",
        _PARENT,
        only=_IN_A_WORKSPACE,
    ),
    Rule(("endpointName",), (f"{_ML}:OnlineEndpoint",), "ParentResourceNotFound", _PARENT),
    Rule(("accountName",), ("azure-native:storage:StorageAccount",), "ParentResourceNotFound", _PARENT),
    Rule(("containerName",), ("azure-native:storage:BlobContainer",), "ContainerNotFound", _PARENT),
)
