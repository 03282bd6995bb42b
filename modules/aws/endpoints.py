"""AWS's own services inside the network, so that images, weights, secrets and logs never cross the NAT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.plan.model import RegionPlan
from llmdeploy.serving.spec.managed import Service

OF_GATEWAYS = ("ecr.api", "ecr.dkr", "secretsmanager", "logs")
"""ECR (its layers come from S3), secrets, logs."""
OF_INSTANCES = ("monitoring", "elasticloadbalancing", "ssm", "ssmmessages", "ec2messages")
"""Metrics, taking a replica out of service, and Systems Manager's sessions in place of SSH."""
OF_SERVICES: Mapping[Service, str] = {"sagemaker": "sagemaker.runtime", "bedrock": "bedrock-runtime"}
"""Where the services are asked that run replicas themselves
(docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support)."""
ZONES_WITH_INTERFACES = 2
"""An interface costs by the hour in each zone (aws.amazon.com/privatelink/pricing): two are enough to lose
one, and traffic from other zones is small, as image layers and weights come over the free S3 gateway."""


class Endpoints(Block):
    """Interface endpoints in two zones, and the gateway endpoint of S3.

    Args:
        interfaces: as `interfaces_of` names them.
    """

    s3_prefix_list: pulumi.Output[str]
    """The addresses of S3 in the region."""

    def __init__(
        self,
        scope: Scope,
        vpc_id: pulumi.Input[str],
        route_table: pulumi.Input[str],
        subnets: Sequence[pulumi.Input[str]],
        security_group: pulumi.Input[str],
        interfaces: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.ENDPOINTS, opts)
        for service in interfaces:
            self._endpoint(
                service,
                vpc_id,
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=list(subnets[:ZONES_WITH_INTERFACES]),
                security_group_ids=[security_group],
            )
        s3 = self._endpoint("s3", vpc_id, vpc_endpoint_type="Gateway", route_table_ids=[route_table])
        self.s3_prefix_list = s3.prefix_list_id
        self.register_outputs({})

    def _endpoint(self, service: str, vpc_id: pulumi.Input[str], **more: Any) -> aws.ec2.VpcEndpoint:
        part = f"{names.ENDPOINTS}-{service.replace('.', '-')}"
        return aws.ec2.VpcEndpoint(
            self.scope.named(part),
            vpc_id=vpc_id,
            service_name=f"com.amazonaws.{self.scope.location}.{service}",
            region=self.scope.location,
            tags=self.scope.tags(part),
            opts=self.options(),
            **more,
        )


def interfaces_of(versions: Sequence[RegionPlan]) -> tuple[str, ...]:
    """The services that the machines of a region ask, by what its versions are."""
    instances = OF_INSTANCES if any(version.managed is None for version in versions) else ()
    services = {version.managed.service for version in versions if version.managed is not None}
    return (*OF_GATEWAYS, *instances, *sorted(OF_SERVICES[each] for each in services if each in OF_SERVICES))
