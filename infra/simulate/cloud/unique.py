"""Names that a cloud gives only once."""

from __future__ import annotations

from typing import Final

from llmdeploy.infra.simulate.errors import CloudError
from llmdeploy.infra.simulate.identity.made import Made
from llmdeploy.infra.simulate.store import Store

_NAMED_ONCE_A_REGION: Final = {
    "aws:ec2/launchTemplate:LaunchTemplate": (
        "InvalidLaunchTemplateName.AlreadyExistsException",
        "Launch template name already in use.",
    ),
    "aws:lb/loadBalancer:LoadBalancer": (
        "DuplicateLoadBalancerName",
        "A load balancer with the same name '{name}' exists, but with different settings",
    ),
    "aws:lb/targetGroup:TargetGroup": (
        "DuplicateTargetGroupName",
        "A target group with the same name '{name}' exists, but with different settings",
    ),
    "aws:secretsmanager/secret:Secret": (
        "ResourceExistsException",
        "The operation failed because the secret {name} already exists.",
    ),
    "aws:sagemaker/endpoint:Endpoint": (
        "ValidationException",
        'Cannot create already existing endpoint "{arn}".',
    ),
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": (
        "ValidationException",
        'Cannot create already existing endpoint configuration "{arn}".',
    ),
    "aws:sagemaker/model:Model": (
        "ValidationException",
        'Cannot create already existing model "{arn}".',
    ),
    "aws:ecs/service:Service": ("InvalidParameterException", "Creation of service was not idempotent."),
    "aws:ec2/securityGroup:SecurityGroup": (
        "InvalidGroup.Duplicate",
        "The security group '{name}' already exists for VPC '{vpcId}'",
    ),
}
_WITHIN: Final = {"aws:ec2/securityGroup:SecurityGroup": "vpcId", "aws:ecs/service:Service": "cluster"}
"""Where a name is given once not in the whole region, but in this."""
_CODES: Final = {
    "aws:iam/role:Role": "EntityAlreadyExists",
    "aws:iam/instanceProfile:InstanceProfile": "EntityAlreadyExists",
    "aws:iam/policy:Policy": "EntityAlreadyExists",
    "aws:s3/bucket:Bucket": "BucketAlreadyExists",
    "aws:autoscaling/group:Group": "AlreadyExists",
    "aws:cloudwatch/logGroup:LogGroup": "ResourceAlreadyExistsException",
    "aws:ecr/repository:Repository": "RepositoryAlreadyExistsException",
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": "PullThroughCacheRuleAlreadyExistsException",
    "aws:route53/record:Record": "InvalidChangeBatch",
}
"""Where making it a second time is an error; elsewhere it changes nothing, as for attachments."""


def check_unique(store: Store, token: str, made: Made) -> None:
    """Raises CloudError: the name is taken."""
    if token in _CODES or token.startswith(("gcp:", "azure-native:")):
        _check_id(store, token, made)
    once = _NAMED_ONCE_A_REGION.get(token)
    if once is None:
        return
    within = _WITHIN.get(token, "")
    for record in store.answering(str(made.outputs.get("name"))):
        same_place = record.region == made.region and record.outputs.get(within) == made.outputs.get(within)
        if record.token == token and same_place:
            raise CloudError(once[0], once[1].format_map({"vpcId": "", **made.outputs}))


def _check_id(store: Store, token: str, made: Made) -> None:
    if "IAM" in token or "Iam" in token or made.outputs.get("allowOverwrite") is True:
        return
    found = store.find(token, made.id)
    # A name may be given once in each of AWS's regions; Google's ids hold the region.
    if found is None or (found.region != made.region and not token.startswith("aws:s3")):
        return
    if token.startswith("azure-native:"):
        raise CloudError("Conflict", f"cannot create already existing resource '{made.id}'")
    if token.startswith("gcp:"):
        raise CloudError("alreadyExists", f"The resource '{made.id}' already exists")
    raise CloudError(_CODES[token], f"{made.id} already exists.")
