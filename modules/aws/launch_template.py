"""What an instance of the fleet is started from."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.scope import Scope
from llmdeploy.serving.plan.model import RegionPlan

ROOT_DEVICE = "/dev/xvda"
"""The boot disk of Amazon Linux 2023 images; Ubuntu's are /dev/sda1 (from memory)."""
HOPS = 1
"""The instance itself asks for its credentials; a container behind Docker's bridge would be a hop further,
and has no business with them."""


def launch_template(
    scope: Scope,
    region: RegionPlan,
    machine_image: str,
    instance_profile: pulumi.Input[str],
    security_group: pulumi.Input[str],
    user_data: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> aws.ec2.LaunchTemplate:
    """A template for one replica an instance.

    Args:
        machine_image: an AMI id, never the name of a parameter: a refresh could not roll it back.
        user_data: as EC2 takes it, base64.
    """
    assert region.hardware is not None
    return aws.ec2.LaunchTemplate(
        scope.named(names.FLEET),
        image_id=machine_image,
        instance_type=region.hardware.instance,
        user_data=user_data,
        iam_instance_profile={"arn": instance_profile},
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": HOPS,
            "instance_metadata_tags": "disabled",
        },
        network_interfaces=[
            {
                "device_index": 0,
                "associate_public_ip_address": "false",
                "delete_on_termination": "true",
                "security_groups": [security_group],
            }
        ],
        block_device_mappings=[_boot_disk(region)],
        ebs_optimized="true",
        instance_initiated_shutdown_behavior="terminate",
        monitoring={"enabled": True},
        tag_specifications=[
            {"resource_type": kind, "tags": scope.lasting_tags(names.NODE)} for kind in ("instance", "volume")
        ],
        update_default_version=True,
        region=scope.location,
        # Any changed tag makes the provider foresee another version, and so an update of the group.
        tags=scope.lasting_tags(names.FLEET),
        opts=opts,
    )


def _boot_disk(region: RegionPlan) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgsDict:
    assert region.startup is not None
    disk = region.startup.disk
    return {
        "device_name": ROOT_DEVICE,
        "ebs": {
            "volume_type": "gp3",
            "volume_size": disk.boot_gib,
            "throughput": disk.boot_mib_s,
            "iops": disk.boot_iops,
            "encrypted": "true",
            "delete_on_termination": "true",
        },
    }
