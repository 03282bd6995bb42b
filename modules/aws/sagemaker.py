"""The replicas of one version as an endpoint of SageMaker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.logs import KEPT_DAYS
from llmdeploy.modules.aws.sagemaker_alarms import EndpointAlarms
from llmdeploy.modules.aws.sagemaker_copies import scale_copies
from llmdeploy.modules.aws.sagemaker_resources import InferenceComponent
from llmdeploy.modules.aws.sagemaker_role import METRICS, OF_COMPONENTS, execution_role
from llmdeploy.modules.aws.sagemaker_scaling import scale_endpoint
from llmdeploy.modules.aws.sagemaker_update import how_to_update
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.gateway.managed import sagemaker_component_name, sagemaker_endpoint_name
from llmdeploy.serving.plan.managed import ComponentPlan, ManagedContainer, ManagedPlan
from llmdeploy.serving.plan.model import Plan, RegionPlan

if TYPE_CHECKING:
    from llmdeploy.modules.aws.sagemaker_update import Update

    Container: TypeAlias = aws.sagemaker.ModelPrimaryContainerArgsDict
    Variant: TypeAlias = aws.sagemaker.EndpointConfigurationProductionVariantArgsDict

VARIANT = "replicas"
"""The only variant: what a rollout compares are endpoints, one a slot."""
LEAST_BUSY = "LEAST_OUTSTANDING_REQUESTS"
"""As the load balancer of instances does: answers differ in length by far."""


class SageMakerEndpoint(Block):
    """A model, a configuration and an endpoint, which is there once its replicas answer; and an inference
    component where these may be none.

    Model and configuration cannot be changed and get names of their own each time: the new ones are made
    first, the endpoint or the component goes over to them in place, and only then the old ones go. Their own
    names are how gateways find them.

    Args:
        account: the account id.
    """

    endpoint: str
    """Its name."""
    arn: str
    component: str
    """The name of the component that is asked; empty without."""
    variant: str = VARIANT
    unit: str
    """What is rented: `ml.g6.2xlarge`."""
    ready: pulumi.Resource
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
        self.component = (
            sagemaker_component_name(plan.stack_name, version.slot) if managed.component is not None else ""
        )
        self.arn = endpoint_of(plan, version, account)
        self.unit = managed.unit
        logs = self._log_group()
        role, rights = execution_role(
            scope, managed.container.image, managed.weights, logs.arn, self._namespace, self.options()
        )
        model = self._model(managed.container, role.arn, rights)
        alarms = EndpointAlarms(scope, self.dimensions, pulumi.ResourceOptions(parent=self))
        made = self._endpoint(self._configuration(model, role).name, alarms, logs)
        self.ready = made
        if managed.component is not None:
            self.ready = hosted = self._component(managed.component, made, model, alarms)
            scale_copies(scope, version, hosted.name, self.dimensions, self.options())
        else:
            scale_endpoint(scope, version, made.name, VARIANT, self.options())
        self.register_outputs({})

    @property
    def dimensions(self) -> dict[str, str]:
        """Of its metrics in CloudWatch (sagemaker/latest/dg, monitoring-cloudwatch)."""
        if self.component:
            return {"InferenceComponentName": self.component}
        return {"EndpointName": self.endpoint, "VariantName": VARIANT}

    @property
    def at_once(self) -> str:
        """The metric of the requests that each replica runs at once."""
        return "ConcurrentRequestsPerCopy" if self.component else "ConcurrentRequestsPerModel"

    @property
    def _namespace(self) -> str:
        return OF_COMPONENTS if self.component else METRICS

    def _endpoint(
        self, configuration: pulumi.Output[str], alarms: EndpointAlarms, logs: aws.cloudwatch.LogGroup
    ) -> aws.sagemaker.Endpoint:
        # What changes on an endpoint that hosts a component is the component.
        how: Update | None = None if self.component else how_to_update(alarms.rolling_back)
        return aws.sagemaker.Endpoint(
            self.scope.named(names.ENDPOINT),
            name=self.endpoint,
            endpoint_config_name=configuration,
            deployment_config=how,
            region=self.scope.location,
            tags=self.scope.tags(names.ENDPOINT),
            opts=pulumi.ResourceOptions.merge(
                self.options(after=[logs]),
                # Two endpoints cannot have its name.
                pulumi.ResourceOptions(delete_before_replace=True),
            ),
        )

    def _component(
        self,
        component: ComponentPlan,
        endpoint: aws.sagemaker.Endpoint,
        model: aws.sagemaker.Model,
        alarms: EndpointAlarms,
    ) -> InferenceComponent:
        return InferenceComponent(
            self.scope.named(names.ENDPOINT),
            region=self.scope.location,
            name=self.component,
            endpoint=endpoint.name,
            variant=VARIANT,
            model=model.name,
            accelerators=component.accelerators,
            memory_mib=component.memory_mib,
            download_timeout_s=self._managed.download_timeout_s,
            startup_timeout_s=self._managed.startup_timeout_s,
            copies=max(1, self._region.min_replicas),
            alarms=alarms.rolling_back,
            tags=self.scope.tags(names.ENDPOINT),
            opts=pulumi.ResourceOptions.merge(
                # How many there are is Application Auto Scaling's to say, once it is there.
                self.options(ignore=["copies"]),
                pulumi.ResourceOptions(delete_before_replace=True),
            ),
        )

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        """Made here, and not by SageMaker, so that it ends with the endpoint, and its lines before that."""
        return aws.cloudwatch.LogGroup(
            self.scope.named(names.ENDPOINT),
            name=f"{self._namespace}/{self.component or self.endpoint}",
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

    def _configuration(
        self, model: aws.sagemaker.Model, role: aws.iam.Role
    ) -> aws.sagemaker.EndpointConfiguration:
        variant = production_variant(self._region, self._managed, model.name)
        return aws.sagemaker.EndpointConfiguration(
            self.scope.named(names.ENDPOINT),
            production_variants=[variant],
            # Where no variant names a model, it is not the model's that SageMaker takes.
            execution_role_arn=role.arn if self.component else None,
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


def asked_of(plan: Plan, version: RegionPlan, account: str) -> Sequence[str]:
    """The ARNs that a gateway must be allowed to invoke: the endpoint's, and the component's where it asks
    one.
    """
    endpoint = endpoint_of(plan, version, account)
    if version.managed is None or version.managed.component is None:
        return (endpoint,)
    name = sagemaker_component_name(plan.stack_name, version.slot)
    return endpoint, f"{endpoint.rpartition(':')[0]}:inference-component/{name}"


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
    """The instances. Their number is left to Application Auto Scaling; where there are copies instead, to
    SageMaker's own scaling, which follows these.
    """
    variant: Variant = {
        "variant_name": VARIANT,
        "instance_type": managed.unit,
        "initial_instance_count": max(1, version.min_replicas),
        "initial_variant_weight": 1.0,
        "enable_ssm_access": False,
        "routing_configs": [{"routing_strategy": LEAST_BUSY}],
    }
    if managed.component is None:
        variant["model_name"] = model
        variant["container_startup_health_check_timeout_in_seconds"] = managed.startup_timeout_s
        variant["model_data_download_timeout_in_seconds"] = managed.download_timeout_s
    else:
        # The component has a start-up budget of its own.
        variant["managed_instance_scaling"] = {
            "status": "ENABLED",
            "min_instance_count": 0,
            "max_instance_count": managed.component.instances,
        }
    if managed.host_software is not None:
        variant["inference_ami_version"] = managed.host_software
    return variant
