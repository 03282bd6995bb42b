"""AWS through real boto3 clients: moto, and a server of our own that throttles and refuses."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
from moto import mock_aws

from llmdeploy.infra.orphans.aws import AwsTags
from llmdeploy.infra.orphans.known import Known, known_in
from llmdeploy.infra.orphans.sweep import sweep
from llmdeploy.infra.preflight.clouds.aws import boto3_clients

TAGS = [{"Key": "llmdeploy:stack", "Value": "chat"}, {"Key": "llmdeploy:name", "Value": "chat"}]
OTHERS = [{"Key": "llmdeploy:stack", "Value": "other"}]


NOTHING = Known()
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "s"}


def client(service, region):
    return boto3.client(service, region_name=region, **KEYS)


@pytest.fixture
def aws():
    with mock_aws():
        yield client


def tagged(kind, tags=TAGS):
    return [{"ResourceType": kind, "Tags": tags}]


def swept(regions=("aws/us-east-1",), known=NOTHING, stack="chat"):
    return sweep({"aws": lambda: AwsTags(client)}, regions, known, stack)


def network(aws, tags=TAGS, region="us-east-1"):
    ec2 = aws("ec2", region)
    return ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc", tags))["Vpc"]["VpcId"]


def instance(aws, tags=TAGS):
    ec2 = aws("ec2", "us-east-1")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    made = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, TagSpecifications=tagged("instance", tags)
    )
    return made["Instances"][0]["InstanceId"]


def state(*resources, stack="chat"):
    """An exported state that has these: type, id, outputs."""
    rows = [
        {"urn": f"urn:pulumi:{stack}::llmdeploy::{kind}::x", "type": kind, "id": identity, "outputs": outputs}
        for kind, identity, outputs in resources
    ]
    return {"deployment": {"resources": rows}}


def test_only_what_carries_the_stacks_tag_is_found(aws):
    ours = network(aws)
    network(aws, OTHERS)
    network(aws, [{"Key": "team", "Value": "chat"}])
    found = swept()
    assert [(each.type, each.id, each.region, each.stack) for each in found.orphans] == [
        ("ec2:vpc", f"arn:aws:ec2:us-east-1:123456789012:vpc/{ours}", "us-east-1", "chat")
    ]
    assert found.looked == ("aws/us-east-1", "aws/us-west-2")  # where the accelerators are
    assert {each.stack for each in swept(stack="").orphans} == {"chat", "other"}


def test_every_region_is_looked_into_and_those_that_are_not_enabled_are_empty(aws):
    network(aws, region="eu-west-1")
    found = swept(("aws/eu-west-1", "aws/ap-east-1", "gcp/us-central1"))
    assert [each.region for each in found.orphans] == ["eu-west-1"]
    assert found.looked == ("aws/ap-east-1", "aws/eu-west-1", "aws/us-east-1", "aws/us-west-2")
    assert found.unlooked == ()


def test_what_a_state_has_is_no_orphan(aws):
    vpc, left = network(aws), network(aws)
    known = known_in([state(("aws:ec2/vpc:Vpc", vpc, {"region": "us-east-1"}))])
    assert [each.id.rpartition("/")[2] for each in swept(known=known).orphans] == [left]


def test_a_replica_of_a_secret_is_its_secret(aws):
    secrets = aws("secretsmanager", "us-east-1")
    arn = secrets.create_secret(
        Name="hub", SecretString="x", Tags=TAGS, AddReplicaRegions=[{"Region": "us-west-2"}]
    )["ARN"]
    assert len(swept().orphans) >= 1
    known = known_in([state(("aws:secretsmanager/secret:Secret", arn, {"arn": arn}))])
    assert swept(known=known).orphans == ()
    secrets.delete_secret(SecretId=secrets.create_secret(Name="old", Tags=TAGS)["ARN"])
    assert swept(known=known).orphans == ()  # it waits for its last day


def test_more_than_a_page(aws):
    made = {network(aws) for _ in range(101)}
    assert {each.id.rpartition("/")[2] for each in swept().orphans} == made


def test_instances_of_a_fleet_are_no_orphans_while_the_fleet_is_known(aws):
    running = instance(aws)
    fleet = ("aws:autoscaling/group:Group", "fleet", {"region": "us-east-1"})
    assert swept(known=known_in([state(fleet)])).orphans == ()
    elsewhere = ("aws:autoscaling/group:Group", "fleet", {"region": "eu-west-1"})
    for states in ([], [state(elsewhere)], [state(fleet, stack="other")]):
        (orphan,) = swept(known=known_in(states)).orphans
        assert (orphan.type, orphan.id.rpartition("/")[2]) == ("ec2:instance", running)
    aws("ec2", "us-east-1").terminate_instances(InstanceIds=[running])
    assert swept().orphans == ()  # still listed


def test_a_fleet_is_found_though_the_tagging_api_leaves_it_out(aws):
    ec2, scaling = aws("ec2", "us-east-1"), aws("autoscaling", "us-east-1")
    template = ec2.create_launch_template(
        LaunchTemplateName="t", LaunchTemplateData={"ImageId": ec2.describe_images()["Images"][0]["ImageId"]}
    )["LaunchTemplate"]["LaunchTemplateId"]
    for name, tags in (("fleet", TAGS), ("theirs", OTHERS)):
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            MinSize=0,
            MaxSize=1,
            AvailabilityZones=["us-east-1a"],
            LaunchTemplate={"LaunchTemplateId": template},
            Tags=[{**tag, "PropagateAtLaunch": False} for tag in tags],
        )
    arns = [each.id for each in swept().orphans if each.type.startswith("autoscaling")]
    assert [arn.rpartition("/")[2] for arn in arns] == ["fleet"]
    known = known_in([state(("aws:autoscaling/group:Group", "fleet", {"arn": arns[0]}))])
    assert not [each for each in swept(known=known).orphans if each.type.startswith("autoscaling")]


@pytest.mark.parametrize("service", ["cluster", "task-definition"])
def test_what_ecs_keeps_for_its_history_has_ended(aws, service):
    ecs = aws("ecs", "us-east-1")
    tags = [{"key": tag["Key"], "value": tag["Value"]} for tag in TAGS]
    if service == "cluster":
        ecs.create_cluster(clusterName="gateways", tags=tags)
    else:
        ecs.register_task_definition(
            family="gateway",
            containerDefinitions=[{"name": "envoy", "image": "envoy", "memory": 64}],
            tags=tags,
        )
    assert [each.type for each in swept().orphans] == [f"ecs:{service}"]
    if service == "cluster":
        ecs.delete_cluster(cluster="gateways")
    else:
        ecs.deregister_task_definition(taskDefinition="gateway:1")
    assert swept().orphans == ()


NO_GROUPS = (
    b"<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups/>"
    b"</DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>"
)


class _Aws(BaseHTTPRequestHandler):
    """Throttles at first; then has a bucket in us-east-1, and refuses us-west-2."""

    throttled = 2

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        region = self.headers["authorization"].split("/")[2]
        if not self.headers.get("x-amz-target", "").endswith("GetResources"):
            if b"DescribeRegions" in body:
                self._answer(
                    403, b"<Response><Errors><Error><Code>AccessDenied</Code></Error></Errors></Response>"
                )
            else:
                self._answer(200, NO_GROUPS)
        elif region == "us-west-2":
            self._answer(400, json.dumps({"__type": "AccessDeniedException", "message": "canary"}).encode())
        elif type(self).throttled:
            type(self).throttled -= 1
            self._answer(400, json.dumps({"__type": "ThrottlingException"}).encode())
        else:
            row = {"ResourceARN": "arn:aws:s3:::weights", "Tags": TAGS}
            self._answer(200, json.dumps({"ResourceTagMappingList": [row], "PaginationToken": ""}).encode())

    def _answer(self, status, body):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


def test_a_region_that_refuses_is_told_and_the_others_are_looked_into():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Aws)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        clients = boto3_clients(endpoint_url=f"http://127.0.0.1:{server.server_port}", **KEYS)
        found = sweep({"aws": lambda: AwsTags(clients)}, ["aws/us-east-1"], NOTHING, "chat")
    finally:
        server.shutdown()
        server.server_close()
    assert [(each.type, each.id, each.region) for each in found.orphans] == [
        ("s3", "arn:aws:s3:::weights", "")
    ]
    assert found.looked == ("aws/us-east-1",)
    (unlooked,) = found.unlooked
    assert (unlooked.where, unlooked.why) == ("aws/us-west-2", "may not ask: tag:GetResources is denied")
    assert "--print-policy aws" in unlooked.mend
    assert "canary" not in str(found)
