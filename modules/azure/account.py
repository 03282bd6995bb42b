"""Whose subscription it is."""

from __future__ import annotations

from typing import NamedTuple

from llmdeploy.serving.errors import LlmdeployError


class Account(NamedTuple):
    """The subscription and the directory that the credentials are for."""

    subscription: str
    tenant: str


def account() -> Account:
    """Ask the provider.

    Raises:
        LlmdeployError: the credentials are set to no subscription.
    """
    from pulumi_azure_native import authorization

    found = authorization.get_client_config()
    if not found.subscription_id:
        raise LlmdeployError(
            "no subscription of Azure is set", "run `az login`, or set ARM_SUBSCRIPTION_ID and its like"
        )
    return Account(found.subscription_id, found.tenant_id)
