"""Every logical name of this folder, and every physical name that Azure wants to be unique in the world.

A child is called `NAME-PART` after its component. The golden graphs are the contract over both.
"""

from __future__ import annotations

from hashlib import sha256

from llmdeploy.serving.plan.model import Slot

GROUP = "group"
STORAGE = "storage"
CONTEXTS = "contexts"
"""The container with what images are built from, and its part of logical names."""
VAULT = "vault"
LOGS = "logs"
INSIGHTS = "insights"
REGISTRY = "registry"
WORKSPACE = "workspace"
IMAGE = "image"
ENDPOINT = "endpoint"
DEPLOYMENT = "deployment"

STORAGE_LENGTH = VAULT_LENGTH = 24
"""Characters: lower-case letters and digits alone; for a vault hyphens too
(azure-resource-manager/management/resource-name-rules)."""


def part(name: str, *parts: str) -> str:
    """The logical name of a component's child."""
    return "-".join((name, *parts))


def in_slot(name: str, slot: Slot) -> str:
    """What each version of a region's replicas has by itself; in `blue` as if there were no slots."""
    return name if slot == "blue" else f"{name}-{slot}"


def group_name(stack: str, location: str) -> str:
    """The resource group of a region."""
    return f"llmdeploy-{stack}-{location}"


def globally(stack: str, location: str, subscription: str, what: str) -> str:
    """The name of a storage account or a registry: nobody else may have it, wherever in Azure."""
    digits = _digits(stack, location, subscription, what, length=STORAGE_LENGTH - 2)
    return f"ld{digits}"


def once(stack: str, location: str, subscription: str, salt: str, what: str) -> str:
    """The name of what Azure keeps for days after it was deleted, vault and workspace: another deployment of
    the same stack gets another one.

    Args:
        salt: anything that lasts as long as the deployment.
    """
    begins = stack[: VAULT_LENGTH - 11].rstrip("-")
    return f"{begins}-{_digits(stack, location, subscription, salt, what, length=10)}"


def _digits(*words: str, length: int) -> str:
    return sha256("/".join(words).encode()).hexdigest()[:length]
