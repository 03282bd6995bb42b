"""All that a deployment has in AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.gateway.cloud import front_name
from llmdeploy.serving.gateway.managed import NO_HOSTS
from llmdeploy.serving.plan.front import accelerated
from llmdeploy.serving.plan.model import Plan, RegionPlan
from llmdeploy.stacks import names
from llmdeploy.stacks.keys import Keys
from llmdeploy.stacks.pins import Pins, zones_key
from llmdeploy.stacks.program import Settings

if TYPE_CHECKING:
    import pulumi

    from llmdeploy.modules.aws.certificates import AwsCertificates
    from llmdeploy.modules.aws.front import Front
    from llmdeploy.modules.aws.global_entry import AwsAccelerator
    from llmdeploy.modules.aws.public_dns import PublicFront
    from llmdeploy.modules.aws.region import AwsRegion


class AwsPart:
    """What is shared first; then each region by itself; then what joins those that came up.

    Args:
        hosted_zone: the public zone that holds the domain, where Amazon signs the certificates.
        hosts: of the endpoints of regions without gateways, by region.
    """

    trusted: pulumi.Output[str] | None = None
    """The fronts' own certificate (PEM), where no authority has signed one."""

    def __init__(
        self,
        plan: Plan,
        deployment: Deployment,
        settings: Settings,
        keys: Keys,
        hosted_zone: str | None,
        hosts: Mapping[str, str] = NO_HOSTS,
    ) -> None:
        import pulumi
        import pulumi_aws

        from llmdeploy.modules.aws.global_entry import AwsAccelerator
        from llmdeploy.modules.aws.secrets import AwsSecrets

        self._plan, self._deployment, self._pins, self._hosts = plan, deployment, settings.pins, hosts
        self._regions = [region for region in plan.regions if region.provider == "aws"]
        self._account = pulumi_aws.get_caller_identity().account_id
        token = settings.hub_token
        self._secrets = AwsSecrets(
            names.cloud("aws", names.SECRETS),
            deployment,
            self._locations,
            keys.document,
            None if token is None else pulumi.Output.secret(token),
            plan.protected,
        )
        self._accelerator: AwsAccelerator | None = None
        if accelerated(plan.regions, plan.domain):
            self._accelerator = AwsAccelerator(names.cloud("aws", names.ACCELERATOR), deployment)
        self._certificates = self._make_certificates(hosted_zone)
        self.made: Mapping[str, AwsRegion] = {}

    @property
    def front(self) -> pulumi.Output[str]:
        """The name that clients connect to."""
        return self._public.host

    @property
    def public_front(self) -> PublicFront:
        """What a public name may lead to."""
        from llmdeploy.modules.aws.public_dns import PublicFront

        first = self._regions[0]
        return PublicFront(
            region=first.name,
            host=self._public.host,
            host_zone=self._public.host_zone,
            weight=sum(region.weight for region in self._regions),
        )

    @property
    def entries(self) -> Mapping[str, pulumi.Output[str]]:
        """The host of each region."""
        return {name: region.front.host for name, region in self.made.items()}

    def make_regions(self, trusted: pulumi.Output[str] | None) -> None:
        """Fleets, gateways and fronts.

        Args:
            trusted: the certificates that gateways verify each other's fronts with.
        """
        self.made = {region.name: self._region(region, trusted) for region in self._regions}

    def join_regions(self) -> None:
        """Put them behind the accelerator, if there is one."""
        from llmdeploy.modules.aws.global_entry import AwsGlobal

        if self._accelerator is None:
            return
        fronts = {region.location: self.made[region.name].front.arn for region in self._regions}
        gone = [region.location for region in self._regions if region.evacuated]
        # With every dial at 0 none would say anything: the gateways lead to the other cloud.
        evacuated = gone if len(gone) < len(fronts) else ()
        AwsGlobal(names.cloud("aws", names.GLOBAL), self._accelerator.listener, fronts, evacuated)

    def name_peers(self, addresses: Mapping[str, pulumi.Output[str]]) -> None:
        """In each region, private names for the fronts of the others.

        Args:
            addresses: those in other clouds, by region.
        """
        from llmdeploy.modules.aws.peers import AwsPeers

        for name, region in self.made.items():
            others = {other: made.front.host for other, made in self.made.items() if other != name}
            AwsPeers(region.scope, self._plan.name, region.zone_id, others, addresses)

    @property
    def listings(self) -> Mapping[str, pulumi.Output[str]]:
        """The list of the gateway's files, by region."""
        return {name: region.listing for name, region in self.made.items()}

    def pins(self) -> Pins:
        """What the regions were made from."""
        return Pins(
            machine_images={
                name: region.machine_image
                for name, region in self.made.items()
                if region.machine_image is not None
            },
            network_zones={name: region.network_zones for name, region in self.made.items()},
            zones={
                zones_key(version): self.made[region.name].zones[version.slot]
                for region in self._regions
                for version in region.fleets
                if version.managed is None
            },
        )

    def facts(self) -> Mapping[str, Mapping[str, object]]:
        """What `status` and `weights push` ask AWS about, by region."""
        return {region.name: self._region_facts(region) for region in self._regions}

    def _region_facts(self, region: RegionPlan) -> Mapping[str, object]:
        made = self.made[region.name]
        return {
            "account": self._account,
            "bucket": made.bucket,
            **_replicas(made, region),
            "gateway_target_group": made.front.target_group,
            **_beside(made, region),
        }

    @property
    def _locations(self) -> list[str]:
        return [region.location for region in self._regions]

    @property
    def _public(self) -> AwsAccelerator | Front:
        return self._accelerator or self.made[self._regions[0].name].front

    def _make_certificates(self, hosted_zone: str | None) -> AwsCertificates:
        from llmdeploy.modules.aws.certificates import AwsCertificates
        from llmdeploy.modules.cloud import Certificate

        name, domain = names.cloud("aws", names.CERTIFICATE), self._plan.domain
        if domain is not None and hosted_zone is not None:
            return AwsCertificates.for_domain(name, self._deployment, self._locations, domain, hosted_zone)
        assert self._accelerator is not None
        own = Certificate(name, names=[front_name(self._plan.name, None), self._accelerator.host])
        self.trusted = own.certificate
        return AwsCertificates.from_pem(
            name, self._deployment, self._locations, own.certificate, own.private_key
        )

    def _region(self, region: RegionPlan, trusted: pulumi.Output[str] | None) -> AwsRegion:
        from llmdeploy.modules.aws.node import RegionSecrets
        from llmdeploy.modules.aws.pins import RegionPins
        from llmdeploy.modules.aws.region import AwsRegion

        location, zones = region.location, self._pins.zones
        return AwsRegion(
            names.region(region.name),
            self._deployment,
            self._plan,
            region,
            self._account,
            RegionPins(
                digests=self._pins.images,
                machine_image=self._pins.machine_images.get(region.name),
                zones={
                    version.hardware.instance: zones[zones_key(version)]
                    for version in region.fleets
                    if version.hardware and not version.managed and zones_key(version) in zones
                },
                network_zones=self._pins.network_zones.get(region.name, ()),
            ),
            RegionSecrets(keys=self._secrets.keys(location), hub_token=self._secrets.hub_token(location)),
            self._certificates.arn(location),
            trusted,
            self._hosts,
        )


def _replicas(made: AwsRegion, version: RegionPlan) -> Mapping[str, object]:
    """Where the replicas of a version are: names of Auto Scaling groups, the fallback's last, and the ARN of
    their target group; or the endpoint that a service runs.
    """
    if version.managed is not None:
        from llmdeploy.modules.aws.sagemaker import VARIANT, SageMakerEndpoint

        endpoint, service = made.endpoints[version.slot], version.managed.service
        facts: dict[str, object] = {"service": service, "endpoint": endpoint.endpoint, "unit": endpoint.unit}
        if service == "bedrock":
            return {**facts, "least": version.min_replicas}
        facts["variant"] = VARIANT
        if isinstance(endpoint, SageMakerEndpoint) and endpoint.component:
            return {**facts, "component": endpoint.component, "least": version.min_replicas}
        return {**facts, "least": max(1, version.min_replicas)}
    return {
        "groups": made.pools[version.slot].groups,
        "target_group": made.targets[version.slot].group,
        "checked_group": made.targets[version.slot].checked,
    }


def _beside(made: AwsRegion, region: RegionPlan) -> Mapping[str, object]:
    """Where those of the other version are, in the middle of a rollout."""
    beside = region.beside
    if beside is None:
        return {}
    return {"beside": {"revision": beside.revision, **_replicas(made, beside.region)}}
