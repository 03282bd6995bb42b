"""What is asked of AWS while the program runs, where no pin answers it."""

from __future__ import annotations

import pulumi_aws as aws

from llmdeploy.modules.aws.zones import LEAST_ZONES, Zones, choose_zones, least_zones
from llmdeploy.serving.errors import LlmdeployError

MACHINE_IMAGE = (
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id"
)
"""The public parameter that names the newest Deep Learning Base AMI: NVIDIA's driver, Docker and its NVIDIA
runtime (docs.aws.amazon.com/dlami/latest/devguide/find-dlami-id)."""


def machine_image(location: str, pinned: str | None) -> str:
    """The AMI of the region's instances: an id, as a refresh cannot roll back a launch template that names a
    parameter, and a newer AMI must never roll a fleet by surprise.
    """
    return pinned or aws.ssm.get_parameter(name=MACHINE_IMAGE, region=location).value


def zones(
    location: str, instance: str, pinned: tuple[str, ...] | None, standing: tuple[str, ...] = ()
) -> Zones:
    """The zones of the region's network, and of one version's instances in it.

    Args:
        pinned: the zones that offered the instance when the deployment was made.
        standing: the zones that have subnets already.

    Raises:
        LlmdeployError: no zone offers the instance.
    """
    offering = pinned or _offering(location, instance)
    others = _all_zones(location) if len({*offering, *standing}) < LEAST_ZONES else ()
    return choose_zones(f"aws/{location}", instance, offering, others, standing)


def network_zones(location: str, standing: tuple[str, ...]) -> tuple[str, ...]:
    """The zones of a network that holds no instances.

    Args:
        standing: the zones that have subnets already.

    Raises:
        LlmdeployError: the region has fewer than two zones.
    """
    others = _all_zones(location) if len(standing) < LEAST_ZONES else ()
    return least_zones(f"aws/{location}", others, standing)


def account_id() -> str:
    """The account that the credentials belong to; bucket names follow from it."""
    return str(aws.get_caller_identity().account_id)


def hosted_zone_id(domain: str) -> str:
    """The public hosted zone that holds `domain`, the closest one.

    Raises:
        LlmdeployError: the account has none.
    """
    labels = domain.split(".")
    for name in (".".join(labels[start:]) for start in range(len(labels) - 1)):
        try:
            return str(aws.route53.get_zone(name=name, private_zone=False).zone_id)
        except Exception as error:
            if "no matching" not in str(error).lower():
                raise
    raise LlmdeployError(
        f"the account has no public hosted zone that holds {domain}",
        "create it in Route 53 and point the domain's name servers to it, or leave routing.domain out",
    )


def _offering(location: str, instance: str) -> tuple[str, ...]:
    found = aws.ec2.get_instance_type_offerings(
        location_type="availability-zone",
        filters=[{"name": "instance-type", "values": [instance]}],
        region=location,
    )
    return tuple(found.locations)


def _all_zones(location: str) -> tuple[str, ...]:
    found = aws.get_availability_zones(
        state="available",
        filters=[{"name": "zone-type", "values": ["availability-zone"]}],
        region=location,
    )
    return tuple(found.names)
