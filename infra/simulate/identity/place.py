"""Whose cloud it is, and where a resource goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

ACCOUNT: Final = "123456789012"
"""The account number that Amazon's own examples use."""
PROJECT: Final = "simulated-project"
PROJECT_NUMBER: Final = "123456789012"
REGION: Final = "us-east-1"
SUBSCRIPTION: Final = "00000000-1111-2222-3333-444444444444"
"""The subscription that Azure's own examples use."""
TENANT: Final = "00000000-0000-1111-2222-333333333333"


@dataclass(frozen=True, slots=True)
class Place:
    """The account, project or subscription and the defaults that its credentials bring along.

    Attributes:
        region: where resources go that do not say where.
    """

    account: str = ACCOUNT
    project: str = PROJECT
    project_number: str = PROJECT_NUMBER
    region: str = REGION
    zone: str = ""
    subscription: str = SUBSCRIPTION
    tenant: str = TENANT

    @classmethod
    def of(cls, settings: Mapping[str, Any], variables: Mapping[str, Any]) -> Place:
        """From the simulation's settings and the provider's configuration; the latter comes first."""
        return cls(
            account=str(settings.get("account", ACCOUNT)),
            project=str(variables.get("project") or settings.get("project", PROJECT)),
            project_number=str(settings.get("project_number", PROJECT_NUMBER)),
            region=str(variables.get("region") or settings.get("region", REGION)),
            zone=str(variables.get("zone") or ""),
            subscription=str(variables.get("subscriptionId") or settings.get("subscription", SUBSCRIPTION)),
            tenant=str(variables.get("tenantId") or settings.get("tenant", TENANT)),
        )
