"""All that a deployment has in Azure."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.plan.model import Plan, RegionPlan
from llmdeploy.stacks import names
from llmdeploy.stacks.hosts import direct_hosts
from llmdeploy.stacks.program import Settings

if TYPE_CHECKING:
    import pulumi

    from llmdeploy.modules.azure.region import AzureRegion

SALT_DIGITS = 8


class AzurePart:
    """Regions by themselves. There is nothing that they share, and nothing in front of them: the gateways of
    other regions know their hosts from the beginning.

    Args:
        key: of all endpoints; a secret.
    """

    def __init__(
        self, plan: Plan, deployment: Deployment, settings: Settings, key: pulumi.Output[str]
    ) -> None:
        from llmdeploy.modules.azure.account import account

        self._plan, self._deployment, self._key, self._pins = plan, deployment, key, settings.pins
        self._account = account()
        self._regions = [region for region in plan.regions if region.provider == "azure"]
        self.made: Mapping[str, AzureRegion] = {}

    @property
    def hosts(self) -> Mapping[str, str]:
        """Where each region's endpoint answers, or will."""
        return direct_hosts(self._plan, self._deployment.stack, self._account.subscription)

    def make_regions(self) -> None:
        """Workspaces, endpoints and deployments."""
        self.made = {region.name: self._region(region) for region in self._regions}

    def facts(self) -> Mapping[str, Mapping[str, object]]:
        """What `status` asks Azure about, by region."""
        return {region.name: self._facts_of(region) for region in self._regions}

    def _facts_of(self, region: RegionPlan) -> dict[str, object]:
        found = self._version_facts(region)
        if region.beside is not None:
            beside = self._version_facts(region.beside.region)
            found["beside"] = {**beside, "revision": region.beside.revision}
        return found

    def _version_facts(self, version: RegionPlan) -> dict[str, object]:
        made = self.made[version.name]
        assert version.managed is not None
        return {
            "subscription": self._account.subscription,
            "group": made.group,
            "service": version.managed.service,
            "endpoint": made.deployments[version.slot],
            "unit": version.managed.unit,
            "least": max(1, version.min_replicas),
        }

    def _region(self, region: RegionPlan) -> AzureRegion:
        import pulumi

        from llmdeploy.modules.azure.place import AzurePlace
        from llmdeploy.modules.azure.region import AzureRegion

        # What Azure keeps a name of for days is not called as it was before a `destroy`. The key is drawn
        # anew then, and these digits of its digest tell nothing of it.
        salt: pulumi.Output[str] = pulumi.Output.unsecret(self._key.apply(_salt))
        place = AzurePlace(
            name=names.region(region.name),
            location=region.location,
            subscription=self._account.subscription,
            tenant=self._account.tenant,
            deployment=self._deployment,
            salt=salt,
        )
        return AzureRegion(place, region, self._key, self._pins.images)


def _salt(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:SALT_DIGITS]
