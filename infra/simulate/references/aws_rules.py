"""What AWS's properties mean. Error codes: the API references of EC2, ELB, Auto Scaling, IAM, ECS, Route
53, S3, Secrets Manager, Global Accelerator and ACM, written down 2026-11-24.
"""

from __future__ import annotations

from typing import Final

from llmdeploy.infra.simulate.references.rule import Rule

_BUCKETS: Final = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
_KEYS: Final = ("aws:kms/key:Key", "aws:kms/alias:Alias")
_LISTENERS: Final = ("aws:lb/listener:Listener",)

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        ("aliases.name",),
        (
            "aws:lb/loadBalancer:LoadBalancer",
            "aws:globalaccelerator/accelerator:Accelerator",
            "aws:route53/record:Record",
        ),
        "InvalidChangeBatch",
        "Tried to create an alias that targets {value}, but that target was not found",
        # Names of endpoints, websites and distributions are not kept.
        matches=r"^(?!.*\.vpce\.)(?!s3-website)(?!.*cloudfront\.net)",
    ),
    Rule(
        ("vpcId", "vpc.vpcId", "vpcs.vpcId"),
        ("aws:ec2/vpc:Vpc",),
        "InvalidVpcID.NotFound",
        "The vpc ID '{value}' does not exist",
    ),
    Rule(
        ("subnetId", "subnets", "subnetIds", "vpcZoneIdentifiers"),
        ("aws:ec2/subnet:Subnet",),
        "InvalidSubnetID.NotFound",
        "The subnet ID '{value}' does not exist",
    ),
    Rule(
        (
            "securityGroups",
            "securityGroupId",
            "securityGroupIds",
            "vpcSecurityGroupIds",
            "referencedSecurityGroupId",
            "sourceSecurityGroupId",
        ),
        (
            "aws:ec2/securityGroup:SecurityGroup",
            "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
            "aws:ec2/vpc:Vpc",
        ),
        "InvalidGroup.NotFound",
        "The security group '{value}' does not exist",
    ),
    Rule(
        ("routeTableId", "routeTableIds"),
        ("aws:ec2/routeTable:RouteTable", "aws:ec2/defaultRouteTable:DefaultRouteTable", "aws:ec2/vpc:Vpc"),
        "InvalidRouteTableID.NotFound",
        "The routeTable ID '{value}' does not exist",
    ),
    Rule(
        ("gatewayId", "internetGatewayId"),
        ("aws:ec2/internetGateway:InternetGateway",),
        "InvalidGatewayID.NotFound",
        "The gateway ID '{value}' does not exist",
        matches="^(?!local$)",
    ),
    Rule(
        ("natGatewayId",),
        ("aws:ec2/natGateway:NatGateway",),
        "InvalidNatGatewayID.NotFound",
        "The NatGateway ID '{value}' does not exist",
    ),
    Rule(
        ("allocationId",),
        ("aws:ec2/eip:Eip",),
        "InvalidAllocationID.NotFound",
        "The allocation ID '{value}' does not exist",
    ),
    Rule(
        ("vpcEndpointId",),
        ("aws:ec2/vpcEndpoint:VpcEndpoint",),
        "InvalidVpcEndpointId.NotFound",
        "The Vpc Endpoint Id '{value}' does not exist",
    ),
    Rule(
        ("launchTemplateId", "launchTemplateName", "launchTemplate.id", "launchTemplate.name"),
        ("aws:ec2/launchTemplate:LaunchTemplate",),
        "InvalidLaunchTemplateId.NotFound",
        "The specified launch template, with template ID {value}, does not exist.",
    ),
    Rule(
        ("iamInstanceProfile", "iamInstanceProfile.arn", "iamInstanceProfile.name"),
        ("aws:iam/instanceProfile:InstanceProfile",),
        "InvalidParameterValue",
        "Value ({value}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
    ),
    Rule(
        ("role", "roles"),
        ("aws:iam/role:Role",),
        "NoSuchEntity",
        "The role with name {value} cannot be found.",
        only=(
            "aws:iam/rolePolicy:RolePolicy",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "aws:iam/instanceProfile:InstanceProfile",
            "aws:iam/policyAttachment:PolicyAttachment",
        ),
    ),
    Rule(
        ("roleArn", "executionRoleArn", "taskRoleArn", "customRoleArn", "iamRoleArn"),
        ("aws:iam/role:Role", "aws:iam/serviceLinkedRole:ServiceLinkedRole"),
        "ValidationError",
        "Role {value} is not valid",
    ),
    Rule(
        ("policyArn", "managedPolicyArns", "permissionsBoundary"),
        ("aws:iam/policy:Policy",),
        "NoSuchEntity",
        "Policy {value} does not exist or is not attachable.",
    ),
    Rule(
        ("targetGroupArn", "targetGroupArns", "lbTargetGroupArn", "targetGroups.arn"),
        ("aws:lb/targetGroup:TargetGroup",),
        "TargetGroupNotFound",
        "Target groups '{value}' not found",
    ),
    Rule(
        ("loadBalancerArn",),
        ("aws:lb/loadBalancer:LoadBalancer",),
        "LoadBalancerNotFound",
        "Load balancers '{value}' not found",
    ),
    Rule(
        ("listenerArn",),
        (*_LISTENERS, "aws:globalaccelerator/listener:Listener"),
        "ListenerNotFound",
        "Listeners '{value}' not found",
    ),
    Rule(
        ("acceleratorArn",),
        ("aws:globalaccelerator/accelerator:Accelerator",),
        "AcceleratorNotFoundException",
        "The accelerator {value} doesn't exist.",
    ),
    Rule(
        ("endpointId",),
        ("aws:lb/loadBalancer:LoadBalancer", "aws:ec2/eip:Eip", "aws:ec2/instance:Instance"),
        "EndpointNotFoundException",
        "The endpoint {value} doesn't exist.",
    ),
    Rule(
        ("certificateArn",),
        ("aws:acm/certificate:Certificate", "aws:acm/certificateValidation:CertificateValidation"),
        "CertificateNotFound",
        "Certificate '{value}' not found",
    ),
    Rule(
        ("aliases.zoneId",),
        (
            "aws:lb/loadBalancer:LoadBalancer",
            "aws:globalaccelerator/accelerator:Accelerator",
            "aws:s3/bucket:Bucket",
            "aws:route53/zone:Zone",
            "aws:ec2/vpcEndpoint:VpcEndpoint",
        ),
        "InvalidChangeBatch",
        "Tried to create an alias in the zone {value}, but the alias target is not in that zone",
    ),
    Rule(
        ("zoneId", "hostedZoneId"),
        ("aws:route53/zone:Zone",),
        "NoSuchHostedZone",
        "No hosted zone found with ID: {value}",
        only=("aws:route53/record:Record", "aws:route53/zoneAssociation:ZoneAssociation"),
    ),
    Rule(
        ("healthCheckId", "childHealthchecks"),
        ("aws:route53/healthCheck:HealthCheck",),
        "NoSuchHealthCheck",
        "A health check with id {value} does not exist.",
    ),
    Rule(
        ("bucket",),
        _BUCKETS,
        "NoSuchBucket",
        "The specified bucket does not exist: {value}",
        matches="^(?!s3://)",
    ),
    Rule(
        ("cluster", "clusterName", "clusterArn"),
        ("aws:ecs/cluster:Cluster",),
        "ClusterNotFoundException",
        "Cluster not found: {value}",
        only=(
            "aws:ecs/service:Service",
            "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        ),
    ),
    Rule(
        ("taskDefinition",),
        ("aws:ecs/taskDefinition:TaskDefinition",),
        "ClientException",
        "Unable to describe task definition {value}",
    ),
    Rule(
        ("secretId", "secretArn"),
        ("aws:secretsmanager/secret:Secret",),
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret: {value}",
    ),
    Rule(
        ("credentialArn",),
        ("aws:secretsmanager/secret:Secret",),
        "SecretNotFoundException",
        "The ARN of the secret specified in the pull through cache rule was not found: {value}",
    ),
    Rule(
        ("kmsKeyId", "kmsKeyArn", "kmsKey", "kmsMasterKeyId", "targetKeyId"),
        _KEYS,
        "NotFoundException",
        "Key '{value}' does not exist",
        matches="^(?!alias/aws/)(?!arn:[^ ]*:alias/aws/)",
    ),
    Rule(
        ("autoscalingGroupName", "groupNames"),
        ("aws:autoscaling/group:Group",),
        "ValidationError",
        "Group {value} not found",
    ),
    Rule(
        ("repository",),
        ("aws:ecr/repository:Repository",),
        "RepositoryNotFoundException",
        "The repository with name '{value}' does not exist",
        only=("aws:ecr/lifecyclePolicy:LifecyclePolicy", "aws:ecr/repositoryPolicy:RepositoryPolicy"),
    ),
    Rule(
        ("resourceId",),
        ("aws:appautoscaling/target:Target",),
        "ObjectNotFoundException",
        "No scalable target registered for service namespace and resource ID: {value}",
        only=("aws:appautoscaling/policy:Policy", "aws:appautoscaling/scheduledAction:ScheduledAction"),
    ),
    Rule(
        ("registryArn",),
        ("aws:servicediscovery/service:Service",),
        "InvalidParameterException",
        "Service registry {value} not found",
    ),
    Rule(
        ("namespaceId",),
        ("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",),
        "NamespaceNotFound",
        "The namespace {value} can't be found",
    ),
    Rule(
        ("logGroupName",),
        ("aws:cloudwatch/logGroup:LogGroup",),
        "ResourceNotFoundException",
        "The specified log group does not exist: {value}",
        only=(
            "aws:cloudwatch/logMetricFilter:LogMetricFilter",
            "aws:cloudwatch/logStream:LogStream",
            "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
        ),
    ),
    Rule(
        ("alarmSpecification.alarms",),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"),
        "ValidationError",
        "The alarm {value} does not exist",
    ),
    Rule(
        ("alarms.alarmName",),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"),
        "ValidationException",
        "The alarm {value} does not exist",
        only=("aws:sagemaker/endpoint:Endpoint",),
    ),
    Rule(
        ("topic", "topicArn", "snsTopicArn"),
        ("aws:sns/topic:Topic",),
        "NotFound",
        "Topic does not exist: {value}",
    ),
    Rule(
        ("modelName",),
        ("aws:sagemaker/model:Model",),
        "ValidationException",
        'Could not find model "{value}".',
    ),
    Rule(
        ("endpointConfigName",),
        ("aws:sagemaker/endpointConfiguration:EndpointConfiguration",),
        "ValidationException",
        'Could not find endpoint configuration "{value}".',
    ),
)
