"""How AWS writes the ids and ARNs of its resources.

Source: the "import" section of each resource in pulumi-aws 7.51.1 for ids, and the Service Authorization
Reference for ARNs; written down 2026-11-24. A field in braces is an input or output of the resource; `hN` is
N hexadecimal digits, `arn` the resource's own ARN.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Form(NamedTuple):
    """Templates of a resource's id and ARN; without an ARN the second is empty."""

    id: str
    arn: str = ""


def _ec2(prefix: str, kind: str) -> Form:
    return Form(f"{prefix}-{{h17}}", f"arn:aws:ec2:{{region}}:{{account}}:{kind}/{{id}}")


_ELB: Final = "arn:aws:elasticloadbalancing:{region}:{account}:"
_ASG: Final = "arn:aws:autoscaling:{region}:{account}:"

FORMS: Final[dict[str, Form]] = {
    "aws:acm/certificate:Certificate": Form("{arn}", "arn:aws:acm:{region}:{account}:certificate/{uuid}"),
    "aws:acm/certificateValidation:CertificateValidation": Form("{certificateArn}"),
    "aws:appautoscaling/policy:Policy": Form(
        "{name}", _ASG + "scalingPolicy:{uuid}:resource/{serviceNamespace}/{resourceId}:policyName/{name}"
    ),
    "aws:appautoscaling/target:Target": Form(
        "{resourceId}",
        "arn:aws:application-autoscaling:{region}:{account}:scalable-target/{h16}",
    ),
    "aws:autoscaling/group:Group": Form(
        "{name}", _ASG + "autoScalingGroup:{uuid}:autoScalingGroupName/{name}"
    ),
    "aws:autoscaling/lifecycleHook:LifecycleHook": Form("{name}"),
    "aws:autoscaling/policy:Policy": Form(
        "{name}", _ASG + "scalingPolicy:{uuid}:autoScalingGroupName/{autoscalingGroupName}:policyName/{name}"
    ),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Form(
        "{alarmName}", "arn:aws:cloudwatch:{region}:{account}:alarm:{alarmName}"
    ),
    "aws:cloudwatch/dashboard:Dashboard": Form(
        "{dashboardName}", "arn:aws:cloudwatch::{account}:dashboard/{dashboardName}"
    ),
    "aws:cloudwatch/logGroup:LogGroup": Form("{name}", "arn:aws:logs:{region}:{account}:log-group:{name}"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Form(
        "{name}", "arn:aws:cloudwatch:{region}:{account}:alarm:{name}"
    ),
    "aws:ec2/capacityReservation:CapacityReservation": _ec2("cr", "capacity-reservation"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _ec2("sg", "security-group"),
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": _ec2(
        "eigw", "egress-only-internet-gateway"
    ),
    "aws:ec2/eip:Eip": _ec2("eipalloc", "elastic-ip"),
    "aws:ec2/flowLog:FlowLog": _ec2("fl", "vpc-flow-log"),
    "aws:ec2/instance:Instance": _ec2("i", "instance"),
    "aws:ec2/internetGateway:InternetGateway": _ec2("igw", "internet-gateway"),
    "aws:ec2/launchTemplate:LaunchTemplate": _ec2("lt", "launch-template"),
    "aws:ec2/managedPrefixList:ManagedPrefixList": _ec2("pl", "prefix-list"),
    "aws:ec2/natGateway:NatGateway": _ec2("nat", "natgateway"),
    "aws:ec2/networkAcl:NetworkAcl": _ec2("acl", "network-acl"),
    "aws:ec2/networkInterface:NetworkInterface": _ec2("eni", "network-interface"),
    "aws:ec2/placementGroup:PlacementGroup": Form(
        "{name}", "arn:aws:ec2:{region}:{account}:placement-group/{name}"
    ),
    "aws:ec2/route:Route": Form("r-{routeTableId}{h10}"),
    "aws:ec2/routeTable:RouteTable": _ec2("rtb", "route-table"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Form("rtbassoc-{h17}"),
    "aws:ec2/securityGroup:SecurityGroup": _ec2("sg", "security-group"),
    "aws:ec2/securityGroupRule:SecurityGroupRule": Form("sgrule-{h10}"),
    "aws:ec2/subnet:Subnet": _ec2("subnet", "subnet"),
    "aws:ec2/vpc:Vpc": _ec2("vpc", "vpc"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _ec2("vpce", "vpc-endpoint"),
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": Form(
        "a-{vpcEndpointId}{h10}"
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Form("{repository}"),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": Form("{ecrRepositoryPrefix}"),
    "aws:ecr/repository:Repository": Form("{name}", "arn:aws:ecr:{region}:{account}:repository/{name}"),
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": Form("{prefix}"),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": Form("{repository}"),
    "aws:ecs/cluster:Cluster": Form("{arn}", "arn:aws:ecs:{region}:{account}:cluster/{name}"),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Form("{clusterName}"),
    "aws:ecs/service:Service": Form("{arn}", "arn:aws:ecs:{region}:{account}:service/{clusterName}/{name}"),
    "aws:ecs/taskDefinition:TaskDefinition": Form(
        "{family}", "arn:aws:ecs:{region}:{account}:task-definition/{family}:{revision}"
    ),
    "aws:globalaccelerator/accelerator:Accelerator": Form(
        "{arn}", "arn:aws:globalaccelerator::{account}:accelerator/{uuid}"
    ),
    "aws:globalaccelerator/endpointGroup:EndpointGroup": Form("{arn}", "{listenerArn}/endpoint-group/{h12}"),
    "aws:globalaccelerator/listener:Listener": Form("{arn}", "{acceleratorArn}/listener/{h8}"),
    "aws:iam/instanceProfile:InstanceProfile": Form(
        "{name}", "arn:aws:iam::{account}:instance-profile/{name}"
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Form(
        "{arn}", "arn:aws:iam::{account}:oidc-provider/{url}"
    ),
    "aws:iam/policy:Policy": Form("{arn}", "arn:aws:iam::{account}:policy/{name}"),
    "aws:iam/role:Role": Form("{name}", "arn:aws:iam::{account}:role/{name}"),
    "aws:iam/rolePolicy:RolePolicy": Form("{role}:{name}"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Form("{role}/{policyArn}"),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": Form(
        "{arn}", "arn:aws:iam::{account}:role/aws-service-role/{awsServiceName}/{name}"
    ),
    "aws:kms/alias:Alias": Form("{name}", "arn:aws:kms:{region}:{account}:{name}"),
    "aws:kms/key:Key": Form("{uuid}", "arn:aws:kms:{region}:{account}:key/{uuid}"),
    "aws:lambda/function:Function": Form("{name}", "arn:aws:lambda:{region}:{account}:function:{name}"),
    "aws:lb/listener:Listener": Form(
        "{arn}", _ELB + "listener/app/{loadBalancerName}/{loadBalancerHex}/{h16}"
    ),
    "aws:lb/listenerCertificate:ListenerCertificate": Form("{listenerArn}_{certificateArn}"),
    "aws:lb/listenerRule:ListenerRule": Form("{arn}", "{listenerRuleBase}/{h16}"),
    "aws:lb/loadBalancer:LoadBalancer": Form("{arn}", _ELB + "loadbalancer/app/{name}/{h16}"),
    "aws:lb/targetGroup:TargetGroup": Form("{arn}", _ELB + "targetgroup/{name}/{h16}"),
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": Form("{targetGroupArn}-{h17}"),
    "aws:route53/healthCheck:HealthCheck": Form("{uuid}", "arn:aws:route53:::healthcheck/{uuid}"),
    "aws:route53/record:Record": Form("{zoneId}_{fqdn}_{type}{setSuffix}"),
    "aws:route53/zone:Zone": Form("Z{H20}", "arn:aws:route53:::hostedzone/{id}"),
    "aws:route53/zoneAssociation:ZoneAssociation": Form("{zoneId}:{vpcId}"),
    "aws:s3/bucket:Bucket": Form("{bucket}", "arn:aws:s3:::{bucket}"),
    "aws:s3/bucketObjectv2:BucketObjectv2": Form("{bucket}/{key}", "arn:aws:s3:::{bucket}/{key}"),
    "aws:s3/bucketObject:BucketObject": Form("{bucket}/{key}", "arn:aws:s3:::{bucket}/{key}"),
    "aws:secretsmanager/secret:Secret": Form(
        "{arn}", "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{h6}"
    ),
    "aws:secretsmanager/secretPolicy:SecretPolicy": Form("{secretArn}"),
    "aws:secretsmanager/secretVersion:SecretVersion": Form("{secretId}|{versionId}", "{secretId}"),
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": Form(
        "ns-{h16}", "arn:aws:servicediscovery:{region}:{account}:namespace/{id}"
    ),
    "aws:servicediscovery/service:Service": Form(
        "srv-{h16}", "arn:aws:servicediscovery:{region}:{account}:service/{id}"
    ),
    "aws:sns/topic:Topic": Form("{arn}", "arn:aws:sns:{region}:{account}:{name}"),
    "aws:sns/topicSubscription:TopicSubscription": Form("{arn}", "{topic}:{uuid}"),
    "aws:sqs/queue:Queue": Form(
        "https://sqs.{region}.amazonaws.com/{account}/{name}", "arn:aws:sqs:{region}:{account}:{name}"
    ),
    "aws:ssm/parameter:Parameter": Form("{name}", "arn:aws:ssm:{region}:{account}:parameter/{name}"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _ec2("sgr", "security-group-rule"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _ec2("sgr", "security-group-rule"),
    "aws:sagemaker/endpoint:Endpoint": Form("{name}", "arn:aws:sagemaker:{region}:{account}:endpoint/{name}"),
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": Form(
        "{name}", "arn:aws:sagemaker:{region}:{account}:endpoint-config/{name}"
    ),
    "aws:sagemaker/model:Model": Form("{name}", "arn:aws:sagemaker:{region}:{account}:model/{name}"),
    "aws:wafv2/webAcl:WebAcl": Form(
        "{uuid}", "arn:aws:wafv2:{region}:{account}:regional/webacl/{name}/{uuid}"
    ),
}

GLOBAL_MODULES: Final = frozenset(
    {"iam", "route53", "globalaccelerator", "cloudfront", "organizations", "shield"}
)
"""Services without regions. Source: the absence of `region` among the inputs of their resources in the
SDK.
"""

SAME_AS_LB: Final = ("alb", "elasticloadbalancingv2", "applicationloadbalancing")
"""Older names of the module `lb` in the SDK; their resources are the same."""
