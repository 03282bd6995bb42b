"""Programs on the real SDKs: what a region of each cloud is made of, small enough to read."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

Program = Callable[[], None]

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def aws_program(**settings: Any) -> Program:
    """A fleet behind a load balancer, a gateway on Fargate, an accelerator and names. See `aws` for the
    settings.
    """
    return lambda: aws(settings)


def aws(settings: Mapping[str, Any]) -> None:
    """Settings: region, instance_type, desired, user_data, grace, algorithm, tags, key."""
    import pulumi
    import pulumi_aws as aws

    region = settings.get("region", "us-east-1")
    tags = settings.get("tags", {"llmdeploy:name": "chat"})
    kind = settings.get("instance_type", "g6e.12xlarge")
    zones = aws.ec2.get_instance_type_offerings(
        location_type="availability-zone",
        region=region,
        filters=[{"name": "instance-type", "values": [kind]}],
    ).locations
    image = aws.ssm.get_parameter(
        name="/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id",
        region=region,
    ).value
    vpc = aws.ec2.Vpc("vpc", region=region, cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags=tags)
    gateway = aws.ec2.InternetGateway("igw", region=region, vpc_id=vpc.id)
    subnets, public = [], []
    for index, zone in enumerate(zones[:2]):
        private = f"10.0.{index * 16}.0/20"
        subnets.append(
            aws.ec2.Subnet(
                f"private-{index}", region=region, vpc_id=vpc.id, cidr_block=private, availability_zone=zone
            )
        )
        outside = f"10.0.{128 + index}.0/24"
        public.append(
            aws.ec2.Subnet(
                f"public-{index}", region=region, vpc_id=vpc.id, cidr_block=outside, availability_zone=zone
            )
        )
    table = aws.ec2.RouteTable("public", region=region, vpc_id=vpc.id)
    aws.ec2.Route(
        "out",
        region=region,
        route_table_id=table.id,
        destination_cidr_block="0.0.0.0/0",
        gateway_id=gateway.id,
    )
    for index, subnet in enumerate(public):
        aws.ec2.RouteTableAssociation(
            f"public-{index}", region=region, subnet_id=subnet.id, route_table_id=table.id
        )
    eip = aws.ec2.Eip("nat", region=region, domain="vpc")
    aws.ec2.NatGateway("nat", region=region, allocation_id=eip.allocation_id, subnet_id=public[0].id)
    front_group = aws.ec2.SecurityGroup("front", region=region, vpc_id=vpc.id, tags=tags)
    node_group = aws.ec2.SecurityGroup("node", region=region, vpc_id=vpc.id)
    aws.vpc.SecurityGroupIngressRule(
        "https",
        region=region,
        security_group_id=front_group.id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4="0.0.0.0/0",
    )
    aws.vpc.SecurityGroupIngressRule(
        "serve",
        region=region,
        security_group_id=node_group.id,
        ip_protocol="tcp",
        from_port=8000,
        to_port=8000,
        referenced_security_group_id=front_group.id,
    )
    aws.ec2.VpcEndpoint(
        "s3",
        region=region,
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{region}.s3",
        route_table_ids=[table.id],
    )
    role = aws.iam.Role("node", assume_role_policy=TRUST)
    aws.iam.RolePolicyAttachment(
        "ssm", role=role.name, policy_arn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    )
    bucket = aws.s3.Bucket("weights", region=region)
    aws.iam.RolePolicy("read", role=role.id, policy=bucket.arn.apply(_reading))
    profile = aws.iam.InstanceProfile("node", role=role.name)
    secret = aws.secretsmanager.Secret("hub", region=region)
    aws.secretsmanager.SecretVersion(
        "hub",
        region=region,
        secret_id=secret.id,
        secret_string=pulumi.Output.secret(settings.get("key", "canary")),
    )
    template = aws.ec2.LaunchTemplate(
        "node",
        region=region,
        image_id=image,
        instance_type=kind,
        iam_instance_profile={"arn": profile.arn},
        vpc_security_group_ids=[node_group.id],
        metadata_options={"http_tokens": "required", "http_endpoint": "enabled"},
        user_data=base64.b64encode(settings.get("user_data", "#!/bin/sh\n").encode()).decode(),
        update_default_version=True,
    )
    balancer = aws.lb.LoadBalancer(
        "front",
        region=region,
        subnets=[subnet.id for subnet in public],
        security_groups=[front_group.id],
        idle_timeout=3600,
        internal=False,
    )
    targets = aws.lb.TargetGroup(
        "node",
        region=region,
        vpc_id=vpc.id,
        port=8000,
        protocol="HTTP",
        load_balancing_algorithm_type=settings.get("algorithm", "least_outstanding_requests"),
        deregistration_delay=300,
        health_check={"path": "/health", "interval": 10, "timeout": 5},
    )
    certificate = aws.acm.Certificate(
        "front",
        region=region,
        private_key=pulumi.Output.secret("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----"),
        certificate_body="-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----",
    )
    aws.lb.Listener(
        "front",
        region=region,
        load_balancer_arn=balancer.arn,
        port=443,
        protocol="HTTPS",
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        certificate_arn=certificate.arn,
        default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
    )
    fleet = aws.autoscaling.Group(
        "fleet",
        region=region,
        min_size=settings.get("min", 1),
        max_size=settings.get("max", 4),
        desired_capacity=settings.get("desired", 2),
        vpc_zone_identifiers=[subnet.id for subnet in subnets],
        target_group_arns=[targets.arn],
        health_check_type="ELB",
        health_check_grace_period=settings.get("grace", 900),
        launch_template={"id": template.id, "version": template.latest_version},
        wait_for_capacity_timeout=settings.get("wait", "0"),
    )
    aws.autoscaling.Policy(
        "queue",
        region=region,
        autoscaling_group_name=fleet.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration={
            "target_value": 0.7,
            "customized_metric_specification": {
                "metric_name": "q",
                "namespace": "llmdeploy",
                "statistic": "Average",
            },
        },
    )
    accelerator = aws.globalaccelerator.Accelerator("global", ip_address_type="IPV4", enabled=True)
    listener = aws.globalaccelerator.Listener(
        "global",
        accelerator_arn=accelerator.arn,
        protocol="TCP",
        port_ranges=[{"from_port": 443, "to_port": 443}],
    )
    aws.globalaccelerator.EndpointGroup(
        "global",
        listener_arn=listener.arn,
        endpoint_group_region=region,
        endpoint_configurations=[{"endpoint_id": balancer.arn, "weight": 128}],
    )
    zone = aws.route53.Zone(
        "inside", name="chat.llmdeploy.internal", vpcs=[{"vpc_id": vpc.id, "vpc_region": region}]
    )
    aws.route53.Record(
        "fleet",
        zone_id=zone.zone_id,
        name="fleet.chat.llmdeploy.internal",
        type="A",
        aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}],
    )
    pulumi.export("vpc", vpc.id)
    pulumi.export("fleet", fleet.name)
    pulumi.export("front", balancer.dns_name)
    pulumi.export("accelerator", accelerator.dns_name)
    pulumi.export("version", template.latest_version)
    pulumi.export("zones", zones)


def _reading(bucket: str) -> str:
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"{bucket}/*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def gcp_program(**settings: Any) -> Program:
    """A fleet behind a global load balancer. See `gcp` for the settings."""
    return lambda: gcp(settings)


def gcp(settings: Mapping[str, Any]) -> None:
    """Settings: region, machine_type, surge, size, timeout."""
    import pulumi
    import pulumi_gcp as gcp

    region = settings.get("region", "europe-west4")
    zones = gcp.compute.get_zones(region=region).names
    image = gcp.compute.get_image(family="cos-stable", project="cos-cloud")
    network = gcp.compute.Network("net", auto_create_subnetworks=False)
    subnet = gcp.compute.Subnetwork("subnet", region=region, network=network.id, ip_cidr_range="10.1.0.0/20")
    gcp.compute.Subnetwork(
        "proxies",
        region=region,
        network=network.id,
        ip_cidr_range="10.1.32.0/23",
        purpose="REGIONAL_MANAGED_PROXY",
        role="ACTIVE",
    )
    account = gcp.serviceaccount.Account("node", account_id="chat-node")
    bucket = gcp.storage.Bucket("weights", location=region, uniform_bucket_level_access=True)
    gcp.storage.BucketIAMMember(
        "read", bucket=bucket.name, role="roles/storage.objectViewer", member=account.member
    )
    secret = gcp.secretmanager.Secret("hub", secret_id="chat-hub", replication={"auto": {}})
    gcp.secretmanager.SecretVersion("hub", secret=secret.id, secret_data=pulumi.Output.secret("canary"))
    template = gcp.compute.RegionInstanceTemplate(
        "node",
        region=region,
        machine_type=settings.get("machine_type", "g2-standard-12"),
        disks=[
            {"source_image": image.self_link, "boot": True, "disk_type": "pd-balanced", "disk_size_gb": 100}
        ],
        network_interfaces=[{"subnetwork": subnet.id}],
        service_account={"email": account.email, "scopes": ["cloud-platform"]},
        scheduling={"on_host_maintenance": "TERMINATE", "automatic_restart": True},
        labels={"llmdeploy-name": "chat"},
    )
    check = gcp.compute.HealthCheck("health", http_health_check={"port": 8000, "request_path": "/health"})
    fleet = gcp.compute.RegionInstanceGroupManager(
        "fleet",
        region=region,
        base_instance_name="chat",
        versions=[{"instance_template": template.id}],
        target_size=settings.get("size", 2),
        distribution_policy_zones=zones,
        distribution_policy_target_shape="BALANCED",
        named_ports=[{"name": "http", "port": 8000}],
        auto_healing_policies={"health_check": check.id, "initial_delay_sec": 1200},
        update_policy={
            "type": "PROACTIVE",
            "minimal_action": "REPLACE",
            "max_surge_fixed": settings.get("surge", 0),
            "max_unavailable_fixed": len(zones),
            "instance_redistribution_type": "NONE",
        },
        wait_for_instances=False,
    )
    backend = gcp.compute.BackendService(
        "front",
        load_balancing_scheme="EXTERNAL_MANAGED",
        protocol="HTTP",
        port_name="http",
        timeout_sec=settings.get("timeout", 3600),
        health_checks=check.id,
        backends=[{"group": fleet.instance_group, "balancing_mode": "UTILIZATION", "capacity_scaler": 1.0}],
    )
    url_map = gcp.compute.URLMap("front", default_service=backend.id)
    certificate = gcp.compute.SSLCertificate(
        "front",
        certificate="-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----",
        private_key=pulumi.Output.secret("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----"),
    )
    proxy = gcp.compute.TargetHttpsProxy("front", url_map=url_map.id, ssl_certificates=[certificate.id])
    address = gcp.compute.GlobalAddress("front")
    gcp.compute.GlobalForwardingRule(
        "front",
        load_balancing_scheme="EXTERNAL_MANAGED",
        target=proxy.id,
        ip_address=address.address,
        port_range="443",
    )
    zone = gcp.dns.ManagedZone(
        "inside",
        name="chat-inside",
        dns_name="chat.llmdeploy.internal.",
        visibility="private",
        private_visibility_config={"networks": [{"network_url": network.id}]},
    )
    gcp.dns.RecordSet(
        "front",
        managed_zone=zone.name,
        name="front.chat.llmdeploy.internal.",
        type="A",
        ttl=30,
        rrdatas=[address.address],
    )
    pulumi.export("address", address.address)
    pulumi.export("fleet", fleet.name)
