"""A component on an endpoint without a model, what it hangs on, and what scales it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws.sagemaker_resources import InferenceComponent

LOCATION = "us-east-1"
REGISTRY = f"763104351884.dkr.ecr.{LOCATION}.amazonaws.com"
CUDA_12 = f"{REGISTRY}/vllm:0.27.1-gpu-py312-cu129-ubuntu24.04-sagemaker"
CUDA_13 = f"{REGISTRY}/vllm:0.30.0-gpu-py312-cu130-ubuntu24.04-sagemaker"
OLD_HOST = "al2-ami-sagemaker-inference-gpu-3-1"
TRUST = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ]
    }
)


def program(
    *,
    image: str = CUDA_12,
    digest: str = "one",
    accelerators: int = 1,
    copies: int = 1,
    hosted: bool = True,
    least: int = 0,
    endpoint: bool = True,
    component: bool = True,
) -> Callable[[], None]:
    """Declares them.

    Args:
        digest: a tag that changes with every spec.
        hosted: whether the endpoint leaves the model to components.
        least: copies at least.
        endpoint: whether it is declared beside the component, or only named.
        component: whether there is more than what it hangs on.
    """

    def declare() -> None:
        role = aws.iam.Role("role", assume_role_policy=TRUST)
        model = aws.sagemaker.Model(
            "model", execution_role_arn=role.arn, primary_container={"image": image}, region=LOCATION
        )
        name: pulumi.Input[str] = "chat-blue"
        if endpoint:
            name = _endpoint(role, model, hosted=hosted).name
        if not component:
            return
        made = InferenceComponent(
            "component",
            region=LOCATION,
            name="chat-blue",
            endpoint=name,
            variant="replicas",
            model=model.name,
            accelerators=accelerators,
            memory_mib=1024,
            download_timeout_s=600,
            startup_timeout_s=900,
            copies=copies,
            alarms=[],
            tags={"llmdeploy:stack": "dev", "llmdeploy:spec-digest": digest},
            opts=pulumi.ResourceOptions(ignore_changes=["copies"], delete_before_replace=True),
        )
        aws.appautoscaling.Target(
            "target",
            service_namespace="sagemaker",
            scalable_dimension="sagemaker:inference-component:DesiredCopyCount",
            resource_id=pulumi.Output.concat("inference-component/", made.name),
            min_capacity=least,
            max_capacity=max(2, least),
            region=LOCATION,
        )
        pulumi.export("arn", made.arn)

    return declare


def _endpoint(role: aws.iam.Role, model: aws.sagemaker.Model, *, hosted: bool) -> aws.sagemaker.Endpoint:
    scaling = {"status": "ENABLED", "min_instance_count": 0, "max_instance_count": 3}
    how = {"managed_instance_scaling": scaling} if hosted else {"model_name": model.name}
    configuration = aws.sagemaker.EndpointConfiguration(
        "configuration",
        execution_role_arn=role.arn,
        production_variants=[
            {
                "variant_name": "replicas",
                "instance_type": "ml.g6.xlarge",
                "initial_instance_count": 1,
                "inference_ami_version": OLD_HOST,
                **how,
            }
        ],
        region=LOCATION,
    )
    return aws.sagemaker.Endpoint(
        "endpoint",
        name="chat-blue",
        endpoint_config_name=configuration.name,
        region=LOCATION,
        opts=pulumi.ResourceOptions(delete_before_replace=True),
    )
