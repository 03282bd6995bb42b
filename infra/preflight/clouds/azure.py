"""Azure, asked the preflight's questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, Literal

from llmdeploy.infra.preflight.clouds.azure_api import AzureApi, NotThere, azure_api
from llmdeploy.infra.preflight.clouds.azure_role import actions, providers
from llmdeploy.infra.preflight.clouds.protocol import Held, Identity, Quota, QuotaName
from llmdeploy.modules.azure.names import group_name

_SUBSCRIPTIONS, _RESOURCES = "2022-12-01", "2021-04-01"
_PERMISSIONS: Final = "2022-04-01"
_ML: Final = "2025-09-01"


class AzureCloud:
    """See `protocol.Cloud`. What there is not of ours in Azure, instances and buckets, is not asked about."""

    def __init__(self, api: AzureApi) -> None:
        self._api = api
        self._root = f"/subscriptions/{api.subscription}"

    def identity(self) -> Identity:
        """The subscription, by its name."""
        found = self._api.get(self._root, "Microsoft.Resources/subscriptions/read", _SUBSCRIPTIONS)
        return Identity(str(found.get("displayName", "")), self._api.subscription)

    def denied(self) -> Sequence[str]:
        """By the rights that the credentials have on the whole subscription."""
        found = self._api.get(
            f"{self._root}/providers/Microsoft.Authorization/permissions",
            "Microsoft.Authorization/permissions/read",
            _PERMISSIONS,
        )
        granted = found.get("value", ())
        return [action for action in actions() if not any(_allows(each, action) for each in granted)]

    def disabled_services(self) -> Sequence[str]:
        """Resource providers that the subscription has not registered."""
        return [name for name in providers() if not self._is_registered(name)]

    def region_state(self, location: str) -> Literal["enabled", "disabled", "unknown"]:
        """Whether the subscription has the location."""
        found = self._api.get(
            f"{self._root}/locations", "Microsoft.Resources/subscriptions/locations/read", _SUBSCRIPTIONS
        )
        names = {each.get("name") for each in found.get("value", ())}
        return "enabled" if location in names else "unknown"

    def quota(self, location: str, name: QuotaName) -> Quota | None:
        """vCPUs of a family, which Azure ML counts apart from those of virtual machines."""
        found = self._api.get(
            f"{self._root}/providers/Microsoft.MachineLearningServices/locations/{location}/usages",
            "Microsoft.MachineLearningServices/locations/usages/read",
            _ML,
        )
        for each in found.get("value", ()):
            if _family(each) == _plain(name.metric):
                return Quota(float(each.get("limit", 0)), float(each.get("currentValue", 0)))
        return None

    def held(self, location: str, stack: str) -> Held:
        """As many networks as there are resource groups of the stack in the region: its own."""
        try:
            self._api.get(
                f"{self._root}/resourceGroups/{group_name(stack, location)}",
                "Microsoft.Resources/subscriptions/resourceGroups/read",
                _RESOURCES,
            )
        except NotThere:
            return Held()
        return Held(networks=1)

    def zones_offering(self, location: str, instance: str) -> Sequence[str]:
        """None are asked for: Azure ML chooses them."""
        return ()

    def machine_image(self, location: str) -> str:
        """There are no instances of ours."""
        return ""

    def holds(self, location: str, bucket: str, prefix: str) -> bool:
        """There are no buckets of ours."""
        return False

    def spot_score(self, location: str, instance: str, count: int) -> int | None:
        """Endpoints are not sold as spot."""
        return None

    def public_zone(self, domain: str) -> str | None:
        """Names are kept where the gateways are."""
        return None

    def _is_registered(self, name: str) -> bool:
        found = self._api.get(
            f"{self._root}/providers/{name}", "Microsoft.Resources/subscriptions/providers/read", _RESOURCES
        )
        return found.get("registrationState") == "Registered"


def azure_cloud(environ: Mapping[str, str]) -> AzureCloud:
    """With the user's own credentials. Raises NoCredentials."""
    return AzureCloud(azure_api(environ))


def _allows(permission: Mapping[str, Any], action: str) -> bool:
    """Azure's own rule: granted by a pattern, and not taken away by another of the same role."""
    granted = any(fnmatchcase(action.lower(), each.lower()) for each in permission.get("actions", ()))
    return granted and not any(
        fnmatchcase(action.lower(), each.lower()) for each in permission.get("notActions", ())
    )


def _family(usage: Mapping[str, Any]) -> str:
    name = usage.get("name")
    return _plain(str(name.get("value", "")) if isinstance(name, Mapping) else "")


def _plain(family: str) -> str:
    """Azure writes families with and without spaces."""
    return family.replace(" ", "").lower()
