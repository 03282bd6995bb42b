"""What AWS still lists for an hour or so after it has ended, and for ever where it keeps a history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from llmdeploy.infra.orphans.found import Tagged
from llmdeploy.infra.preflight.clouds.aws import Client
from llmdeploy.infra.preflight.clouds.aws_errors import asking
from llmdeploy.infra.preflight.clouds.errors import CloudUnasked

_OVER: Final = frozenset(
    {"terminated", "shutting-down", "deleted", "deleting", "INACTIVE", "DELETE_IN_PROGRESS", "STOPPED"}
)
_Ended = Callable[[Any, str], bool]
"""Of a client and an ARN: whether it has ended."""


def has_ended(client: Client, found: Tagged) -> bool:
    """Whether it has. What cannot be looked at is taken to be there.

    Args:
        client: makes a boto3 client of a service in a region.
    """
    if found.type not in _LOOKS:
        return False
    service, action, look = _LOOKS[found.type]
    try:
        with asking(action):
            return look(client(service, found.region), found.id)
    except CloudUnasked:
        return False


def _ec2(operation: str, key: str, rows: Callable[[Any], list[Any]]) -> _Ended:
    """Ended where EC2 has no such id any more, or says so."""

    def look(client: Any, arn: str) -> bool:
        identity = arn.rpartition("/")[2]
        try:
            found = rows(getattr(client, operation)(**{key: [identity]}))
        except client.exceptions.ClientError as error:
            if error.response["Error"]["Code"].endswith(("NotFound", "NotFoundException")):
                return True
            raise
        states = [each["State"] for each in found]
        return all((state["Name"] if isinstance(state, dict) else state).lower() in _OVER for state in states)

    return look


def _instances(answer: Any) -> list[Any]:
    return [each for group in answer["Reservations"] for each in group["Instances"]]


def _task_definition(client: Any, arn: str) -> bool:
    return client.describe_task_definition(taskDefinition=arn)["taskDefinition"]["status"] in _OVER


def _cluster(client: Any, arn: str) -> bool:
    return all(each["status"] in _OVER for each in client.describe_clusters(clusters=[arn])["clusters"])


def _service(client: Any, arn: str) -> bool:
    found = client.describe_services(cluster=arn.split("/")[1], services=[arn])["services"]
    return all(each["status"] in _OVER for each in found)


def _task(client: Any, arn: str) -> bool:
    found = client.describe_tasks(cluster=arn.split("/")[1], tasks=[arn])["tasks"]
    return all(each["lastStatus"] in _OVER for each in found)


def _secret(client: Any, arn: str) -> bool:
    """One that waits for its last day costs nothing, and goes by itself."""
    return "DeletedDate" in client.describe_secret(SecretId=arn)


_LOOKS: Final[dict[str, tuple[str, str, _Ended]]] = {
    "ec2:instance": (
        "ec2",
        "ec2:DescribeInstances",
        _ec2("describe_instances", "InstanceIds", _instances),
    ),
    "ec2:volume": (
        "ec2",
        "ec2:DescribeVolumes",
        _ec2("describe_volumes", "VolumeIds", lambda answer: list(answer["Volumes"])),
    ),
    "ec2:natgateway": (
        "ec2",
        "ec2:DescribeNatGateways",
        _ec2("describe_nat_gateways", "NatGatewayIds", lambda answer: list(answer["NatGateways"])),
    ),
    "ec2:vpc-endpoint": (
        "ec2",
        "ec2:DescribeVpcEndpoints",
        _ec2("describe_vpc_endpoints", "VpcEndpointIds", lambda answer: list(answer["VpcEndpoints"])),
    ),
    "ecs:cluster": ("ecs", "ecs:DescribeClusters", _cluster),
    "ecs:service": ("ecs", "ecs:DescribeServices", _service),
    "ecs:task": ("ecs", "ecs:DescribeTasks", _task),
    "ecs:task-definition": ("ecs", "ecs:DescribeTaskDefinition", _task_definition),
    "secretsmanager:secret": ("secretsmanager", "secretsmanager:DescribeSecret", _secret),
}
"""Type → service, the IAM action, and how to look."""
