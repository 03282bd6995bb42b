"""The replicas of one version as an endpoint of SageMaker."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.logs import KEPT_DAYS
from llmdeploy.modules.aws.sagemaker_alarms import EndpointAlarms
from llmdeploy.modules.aws.sagemaker_role import execution_role
from llmdeploy.modules.aws.sagemaker_scaling import scale_endpoint
from llmdeploy.modules.aws.sagemaker_update import how_to_update
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.gateway.managed import sagemaker_endpoint_name
from llmdeploy.serving.plan.managed import ManagedContainer, ManagedPlan
from llmdeploy.serving.plan.model import Plan, RegionPlan

if TYPE_CHECKING:
    Container: TypeAlias = aws.sagemaker.ModelPrimaryContainerArgsDict
    Variant: TypeAlias = aws.sagemaker.EndpointConfigurationProductionVariantArgsDict

VARIANT = "replicas"
"""The only variant: what a rollout compares are endpoints, one a slot."""
LEAST_BUSY = "LEAST_OUTSTANDING_REQUESTS"
"""As the load balancer of instances does: answers differ in length by far."""


class SageMakerEndpoint(Block):
    """A model, a configuration and an endpoint, which is there once its replicas answer.

    Model and configuration cannot be changed and get names of their own each time: the new ones are made
    first, the endpoint goes over to them in place, and only then the old ones go. The endpoint's own name is
    how gateways find it.

    Args:
        account: the account id.
    """

    endpoint: str
    """Its name."""
    arn: str
    variant: str = VARIANT
    unit: str
    """What is rented: `ml.g6.2xlarge`."""
    ready: aws.sagemaker.Endpoint
    """What waits for it is made once it is in service."""

    def __init__(
        self,
        scope: Scope,
        plan: Plan,
        version: RegionPlan,
        account: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.ENDPOINT, opts)
        managed = version.managed
        assert managed is not None
        assert managed.container is not None
        self._region, self._managed = version, managed
        self.endpoint = sagemaker_endpoint_name(plan.stack_name, version.slot)
        self.arn = endpoint_of(plan, version, account)
        self.unit = managed.unit
        logs = self._log_group()
        role, rights = execution_role(
            scope, managed.container.image, managed.weights, logs.arn, self.options()
        )
        model = self._model(managed.container, role.arn, rights)
        alarms = EndpointAlarms(scope, self.dimensions, pulumi.ResourceOptions(parent=self))
        self.ready = aws.sagemaker.Endpoint(
            scope.named(names.ENDPOINT),
            name=self.endpoint,
            endpoint_config_name=self._configuration(model).name,
            deployment_config={
                **how_to_update(),
                "auto_rollback_configuration": {
                    "alarms": [{"alarm_name": name} for name in alarms.rolling_back]
                },
            },
            region=scope.location,
            tags=scope.tags(names.ENDPOINT),
            opts=pulumi.ResourceOptions.merge(
                self.options(after=[logs]),
                # Two endpoints cannot have its name.
                pulumi.ResourceOptions(delete_before_replace=True),
            ),
        )
        scale_endpoint(scope, version, self.ready.name, VARIANT, self.options())
        self.register_outputs({})

    @property
    def dimensions(self) -> dict[str, str]:
        """Of its metrics in CloudWatch."""
        return {"EndpointName": self.endpoint, "VariantName": VARIANT}

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        """Made here, and not by SageMaker, so that it ends with the endpoint, and its lines before that."""
        return aws.cloudwatch.LogGroup(
            self.scope.named(names.ENDPOINT),
            name=f"/aws/sagemaker/Endpoints/{self.endpoint}",
            retention_in_days=KEPT_DAYS,
            region=self.scope.location,
            tags=self.scope.tags(names.ENDPOINT),
            opts=self.options(),
        )

    def _model(
        self, container: ManagedContainer, role: pulumi.Output[str], rights: pulumi.Resource
    ) -> aws.sagemaker.Model:
        return aws.sagemaker.Model(
            self.scope.named(names.ENDPOINT),
            execution_role_arn=role,
            primary_container=primary_container(container, self._managed.weights),
            # What SageMaker has fetched needs no network; what the server fetches from the hub does.
            enable_network_isolation=in_bucket(self._managed.weights),
            region=self.scope.location,
            tags=self.scope.tags(names.ENDPOINT),
            opts=self.options(after=[rights]),
        )

    def _configuration(self, model: aws.sagemaker.Model) -> aws.sagemaker.EndpointConfiguration:
        return aws.sagemaker.EndpointConfiguration(
            self.scope.named(names.ENDPOINT),
            production_variants=[production_variant(self._region, self._managed, model.name)],
            region=self.scope.location,
            tags=self.scope.tags(names.ENDPOINT),
            opts=self.options(
                # How many there are is Application Auto Scaling's to say: another number must not start all
                # of them anew.
                ignore=["productionVariants[0].initialInstanceCount"],
            ),
        )


def in_bucket(weights: str) -> bool:
    """Whether SageMaker fetches the weights, and not the server from the hub."""
    return weights.startswith("s3://")


def endpoint_of(plan: Plan, version: RegionPlan, account: str) -> str:
    """The ARN of a version's endpoint, whether it is there yet or not (service authorization reference,
    SageMaker).
    """
    name = sagemaker_endpoint_name(plan.stack_name, version.slot)
    return f"arn:aws:sagemaker:{version.location}:{account}:endpoint/{name}"


def primary_container(container: ManagedContainer, weights: str) -> Container:
    """The container, with the weights where a bucket holds them."""
    made: Container = {
        "image": container.image,
        "mode": "SingleModel",
        "environment": container.environment,
    }
    if in_bucket(weights):
        made["model_data_source"] = {
            "s3_data_sources": [
                {
                    # Without the slash it would be all that begins so.
                    "s3_uri": f"{weights.rstrip('/')}/",
                    "s3_data_type": "S3Prefix",
                    "compression_type": "None",
                }
            ]
        }
    return made


def production_variant(version: RegionPlan, managed: ManagedPlan, model: pulumi.Input[str]) -> Variant:
    """The instances. Their number is left to Application Auto Scaling: SageMaker's own scaling of instances
    is for endpoints of inference components.
    """
    variant: Variant = {
        "variant_name": VARIANT,
        "model_name": model,
        "instance_type": managed.unit,
        "initial_instance_count": max(1, version.min_replicas),
        "initial_variant_weight": 1.0,
        "container_startup_health_check_timeout_in_seconds": managed.startup_timeout_s,
        "model_data_download_timeout_in_seconds": managed.download_timeout_s,
        "enable_ssm_access": False,
        "routing_configs": [{"routing_strategy": LEAST_BUSY}],
    }
    if managed.host_software is not None:
        variant["inference_ami_version"] = managed.host_software
    return variant
