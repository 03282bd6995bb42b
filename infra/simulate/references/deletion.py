"""What a cloud does not delete while something uses it, and its words for that.

Source: the API references' errors of each Delete operation, written down 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from llmdeploy.infra.simulate.errors import Dependency
from llmdeploy.infra.simulate.fleet.components import COMPONENT
from llmdeploy.infra.simulate.records import Record


class _Hold(NamedTuple):
    code: str
    message: str
    users: tuple[str, ...] = ()
    """Only these types hold it; empty for all."""


_EC2: Final = "The {kind} '{id}' has dependencies and cannot be deleted."
_HOLDS: Final[dict[str, _Hold]] = {
    "aws:acm/certificate:Certificate": _Hold(
        "ResourceInUseException",
        "Certificate {id} in use.",
        ("aws:lb/listener:Listener", "aws:lb/listenerCertificate:ListenerCertificate"),
    ),
    "aws:ec2/eip:Eip": _Hold(
        "InvalidIPAddress.InUse", "The address {id} is in use.", ("aws:ec2/natGateway:NatGateway",)
    ),
    "aws:ec2/internetGateway:InternetGateway": _Hold(
        "DependencyViolation", _EC2, ("aws:ec2/natGateway:NatGateway",)
    ),
    "aws:ec2/routeTable:RouteTable": _Hold(
        "DependencyViolation", _EC2, ("aws:ec2/routeTableAssociation:RouteTableAssociation",)
    ),
    "aws:ec2/securityGroup:SecurityGroup": _Hold(
        "DependencyViolation", "resource {id} has a dependent object"
    ),
    "aws:ec2/subnet:Subnet": _Hold("DependencyViolation", _EC2),
    "aws:ec2/vpc:Vpc": _Hold("DependencyViolation", _EC2),
    "aws:ecs/cluster:Cluster": _Hold(
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
        ("aws:ecs/service:Service",),
    ),
    "aws:globalaccelerator/accelerator:Accelerator": _Hold(
        "AssociatedListenerFoundException",
        "The accelerator {id} has listeners.",
        ("aws:globalaccelerator/listener:Listener",),
    ),
    "aws:globalaccelerator/listener:Listener": _Hold(
        "AssociatedEndpointGroupFoundException", "The listener {id} has endpoint groups."
    ),
    "aws:iam/policy:Policy": _Hold("DeleteConflict", "Cannot delete a policy attached to entities."),
    "aws:iam/role:Role": _Hold(
        "DeleteConflict",
        "Cannot delete entity, must detach all policies and instance profiles first.",
        (
            "aws:iam/rolePolicy:RolePolicy",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "aws:iam/instanceProfile:InstanceProfile",
        ),
    ),
    "aws:lb/targetGroup:TargetGroup": _Hold(
        "ResourceInUse",
        "Target group '{id}' is currently in use by a listener or a rule",
        ("aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"),
    ),
    "aws:route53/zone:Zone": _Hold(
        "HostedZoneNotEmpty",
        ("The specified hosted zone contains non-required resource record sets and so cannot be deleted."),
        ("aws:route53/record:Record",),
    ),
    "aws:s3/bucket:Bucket": _Hold(
        "BucketNotEmpty",
        "The bucket you tried to delete is not empty: {id}",
        ("aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2"),
    ),
    # The service would let it go, and warns of it: an endpoint without its configuration cannot be updated
    # (API reference, DeleteEndpointConfig).
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": _Hold(
        "ValidationException",
        'Cannot delete endpoint configuration "{id}": an endpoint uses it.',
        ("aws:sagemaker/endpoint:Endpoint",),
    ),
    # The service would let it go too, and leave its components, which keep their names from the next ones
    # (huggingface/skills#215); its console refuses it (aws/amazon-sagemaker-feedback#49).
    "aws:sagemaker/endpoint:Endpoint": _Hold(
        "ValidationException",
        'Cannot delete endpoint "{id}": it hosts inference components, which are to be deleted first.',
        (COMPONENT,),
    ),
    "gcp:storage/bucket:Bucket": _Hold(
        "conflict",
        "The bucket you tried to delete is not empty: {id}",
        ("gcp:storage/bucketObject:BucketObject",),
    ),
    "gcp:dns/managedZone:ManagedZone": _Hold(
        "containerNotEmpty",
        "The resource named '{id}' cannot be deleted because it is not empty",
        ("gcp:dns/recordSet:RecordSet",),
    ),
}
_COMPUTE: Final = _Hold(
    "resourceInUseByAnotherResource", "The {kind} resource '{id}' is already being used by '{user}'"
)


def check_unused(record: Record, users: Sequence[Record]) -> None:
    """Raises Dependency: the cloud would not delete it while these use it."""
    hold = _HOLDS.get(record.token) or (_COMPUTE if record.token.startswith("gcp:compute/") else None)
    if hold is None or record.inputs.get("forceDestroy") is True:
        return
    holding = [user for user in users if not hold.users or user.token in hold.users]
    if holding:
        kind = record.type[0].lower() + record.type[1:]
        raise Dependency(hold.code, hold.message.format(id=record.id, kind=kind, user=holding[0].id))
