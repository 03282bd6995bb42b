"""AWS through real boto3 clients: moto where it knows the service, botocore's Stubber elsewhere, and a server
of our own that throttles, refuses and hangs."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from llmdeploy.infra.preflight.clouds.aws import AwsCloud, boto3_clients
from llmdeploy.infra.preflight.clouds.aws_policy import iam_policy
from llmdeploy.infra.preflight.clouds.errors import Denied, NoAnswer, NoCredentials
from llmdeploy.infra.preflight.clouds.protocol import Held, Quota, QuotaName
from llmdeploy.infra.preflight.run import run_preflight

from .conftest import FakeCloud

G = QuotaName("ec2", "L-DB2E81BA")
SECRET = "canary-secret-access-key"
METRIC = {
    "MetricNamespace": "AWS/Usage",
    "MetricName": "ResourceCount",
    "MetricDimensions": {"Class": "G/OnDemand", "Resource": "vCPU", "Service": "EC2", "Type": "Resource"},
    "MetricStatisticRecommendation": "Maximum",
}


def plain_client(service, region, **more):
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": SECRET}
    return boto3.client(service, region_name=region, **keys, **more)


class Stubbed:
    """Clients whose answers are stubs, which must all be asked for."""

    def __init__(self):
        self.clients = {}
        self.stubs = {}

    def __call__(self, service, region):
        return self.clients[service]

    def of(self, service):
        if service not in self.stubs:
            self.clients[service] = plain_client(service, "us-east-1")
            self.stubs[service] = Stubber(self.clients[service])
            self.stubs[service].activate()
        return self.stubs[service]

    def done(self):
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()


@pytest.fixture
def stubbed():
    made = Stubbed()
    yield made
    made.done()


@pytest.fixture
def moto_cloud():
    with mock_aws():
        yield AwsCloud(plain_client)


# What moto knows


def test_identity(moto_cloud):
    found = moto_cloud.identity()
    assert found.account == "123456789012"
    assert found.who.startswith("arn:aws:sts::123456789012:")


def test_region_states(moto_cloud):
    assert moto_cloud.region_state("us-east-1") == "enabled"
    assert moto_cloud.region_state("ap-east-1") == "disabled"
    assert moto_cloud.region_state("mars-north-1") == "unknown"


def test_zones_are_ec2s_own(moto_cloud):
    assert sorted(moto_cloud.zones_offering("us-east-1", "g6e.xlarge")) == [
        "us-east-1a",
        "us-east-1b",
        "us-east-1c",
        "us-east-1d",
    ]
    assert list(moto_cloud.zones_offering("eu-west-1", "g6e.xlarge")) == []


def test_an_image_that_is_not_published_is_none(moto_cloud):
    assert moto_cloud.machine_image("us-east-1") == ""


def test_a_published_image(stubbed):
    stubbed.of("ssm").add_response("get_parameter", {"Parameter": {"Value": "ami-1"}}, {"Name": ANY})
    assert AwsCloud(stubbed).machine_image("us-east-1") == "ami-1"


def test_buckets(moto_cloud):
    s3 = plain_client("s3", "us-east-1")
    s3.create_bucket(Bucket="weights")
    s3.put_object(Bucket="weights", Key="models/m/main/.complete", Body=b"")
    assert moto_cloud.holds("us-east-1", "weights", "models/m/main/.complete")
    assert not moto_cloud.holds("us-east-1", "weights", "models/other")
    assert not moto_cloud.holds("us-east-1", "no-such-bucket", "")


def test_the_longest_public_zone_holds_a_domain(moto_cloud):
    route53 = plain_client("route53", "us-east-1")
    for name, private in (("example.com", False), ("eu.example.com", False), ("chat.eu.example.com", True)):
        vpc = {"VPC": {"VPCRegion": "us-east-1", "VPCId": "vpc-1"}} if private else {}
        route53.create_hosted_zone(
            Name=name, CallerReference=name, HostedZoneConfig={"Comment": "", "PrivateZone": private}, **vpc
        )
    assert moto_cloud.public_zone("chat.eu.example.com") == "eu.example.com"
    assert moto_cloud.public_zone("example.com") == "example.com"
    assert moto_cloud.public_zone("example.org") is None


def test_what_the_stack_holds_is_known_by_its_tag(moto_cloud):
    ec2 = plain_client("ec2", "us-east-1")
    tags = [{"Key": "llmdeploy:stack", "Value": "chat"}]
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ours = [{"ResourceType": "instance", "Tags": tags}]
    ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2, TagSpecifications=ours)
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
    ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
    assert moto_cloud.held("us-east-1", "chat") == Held(on_demand=2, spot=0, networks=1)
    assert moto_cloud.held("us-east-1", "other") == Held()


def test_networks_and_addresses_are_counted_as_cloudwatch_does_not_tell(stubbed):
    with mock_aws():
        ec2 = plain_client("ec2", "us-east-1")
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
        ec2.allocate_address()
        stubbed.clients["ec2"] = ec2
        for service, code, used in (("vpc", "L-F678F1CE", 2), ("ec2", "L-0263D0A3", 1)):
            stub = stubbed.of("service-quotas")
            stub.add_response("get_service_quota", quota_answer(5.0))
            stub.add_response("list_requested_service_quota_change_history_by_quota", {"RequestedQuotas": []})
            assert AwsCloud(stubbed).quota("us-east-1", QuotaName(service, code)) == Quota(5.0, used, None)


# What only stubs can answer


def quota_answer(value, **more):
    return {"Quota": {"ServiceCode": "ec2", "QuotaCode": G.code, "Value": value, **more}}


def no_requests(stubbed, *requests):
    stubbed.of("service-quotas").add_response(
        "list_requested_service_quota_change_history_by_quota",
        {"RequestedQuotas": list(requests)},
        {"ServiceCode": "ec2", "QuotaCode": G.code},
    )


def test_a_quota_with_usage_and_an_open_request(stubbed):
    stubbed.of("service-quotas").add_response(
        "get_service_quota",
        quota_answer(64.0, UsageMetric=METRIC),
        {"ServiceCode": "ec2", "QuotaCode": G.code},
    )
    no_requests(
        stubbed,
        {"DesiredValue": 128.0, "Status": "CASE_OPENED"},
        {"DesiredValue": 500.0, "Status": "DENIED"},
        {"DesiredValue": 96.0, "Status": "PENDING"},
    )
    now = datetime.datetime.now(datetime.UTC)
    stubbed.of("cloudwatch").add_response(
        "get_metric_statistics",
        {
            "Datapoints": [
                {"Timestamp": now - datetime.timedelta(minutes=30), "Maximum": 32.0},
                {"Timestamp": now, "Maximum": 8.0},
            ]
        },
        {
            "Namespace": "AWS/Usage",
            "MetricName": "ResourceCount",
            "Dimensions": [
                {"Name": key, "Value": value} for key, value in METRIC["MetricDimensions"].items()
            ],
            "StartTime": ANY,
            "EndTime": ANY,
            "Period": 300,
            "Statistics": ["Maximum"],
        },
    )
    assert AwsCloud(stubbed).quota("us-east-1", G) == Quota(64.0, 8.0, 128.0)


def test_a_quota_that_was_never_changed_is_awss_default(stubbed):
    stub = stubbed.of("service-quotas")
    stub.add_client_error("get_service_quota", "NoSuchResourceException")
    stub.add_response("get_aws_default_service_quota", quota_answer(0.0))
    no_requests(stubbed)
    assert AwsCloud(stubbed).quota("us-east-1", G) == Quota(0.0, None, None)


def test_a_quota_that_only_its_title_is_known_of(stubbed):
    title = "ml.g6.xlarge for endpoint usage"
    others = [{"ServiceCode": "sagemaker", "QuotaCode": f"L-{n}", "QuotaName": f"{n}"} for n in range(2)]
    found = {"ServiceCode": "sagemaker", "QuotaCode": "L-X", "QuotaName": title, "Value": 3.0}
    stub = stubbed.of("service-quotas")
    asked = {"ServiceCode": "sagemaker"}
    stub.add_response("list_service_quotas", {"Quotas": others, "NextToken": "more"}, asked)
    stub.add_response("list_service_quotas", {"Quotas": [found]}, asked | {"NextToken": "more"})
    stub.add_response(
        "list_requested_service_quota_change_history_by_quota",
        {"RequestedQuotas": []},
        {"ServiceCode": "sagemaker", "QuotaCode": "L-X"},
    )
    name = QuotaName("sagemaker", "", title=title)
    assert AwsCloud(stubbed).quota("us-east-1", name) == Quota(3.0, None, None)


def test_a_title_that_was_never_changed_is_awss_default(stubbed):
    stub = stubbed.of("service-quotas")
    default = {"ServiceCode": "sagemaker", "QuotaCode": "L-X", "QuotaName": "t", "Value": 0.0}
    stub.add_response("list_service_quotas", {"Quotas": []})
    stub.add_response("list_aws_default_service_quotas", {"Quotas": [default]})
    stub.add_response("list_requested_service_quota_change_history_by_quota", {"RequestedQuotas": []})
    assert AwsCloud(stubbed).quota("us-east-1", QuotaName("sagemaker", "", title="t")) == Quota(0.0)


def test_a_quota_that_aws_does_not_know(stubbed):
    stub = stubbed.of("service-quotas")
    stub.add_client_error("get_service_quota", "NoSuchResourceException")
    stub.add_client_error("get_aws_default_service_quota", "NoSuchResourceException")
    assert AwsCloud(stubbed).quota("us-east-1", G) is None


def test_a_usage_that_may_not_be_read_does_not_hide_the_quota(stubbed):
    stubbed.of("service-quotas").add_response("get_service_quota", quota_answer(64.0, UsageMetric=METRIC))
    stubbed.of("service-quotas").add_client_error(
        "list_requested_service_quota_change_history_by_quota", "AccessDeniedException"
    )
    stubbed.of("cloudwatch").add_client_error("get_metric_statistics", "AccessDenied")
    assert AwsCloud(stubbed).quota("us-east-1", G) == Quota(64.0, None, None)


def test_nothing_has_run_for_an_hour(stubbed):
    stubbed.of("service-quotas").add_response("get_service_quota", quota_answer(64.0, UsageMetric=METRIC))
    no_requests(stubbed)
    stubbed.of("cloudwatch").add_response("get_metric_statistics", {"Datapoints": []})
    assert AwsCloud(stubbed).quota("us-east-1", G) == Quota(64.0, 0.0, None)


def test_spot_scores(stubbed):
    asked = {
        "InstanceTypes": ["g6e.xlarge"],
        "TargetCapacity": 3,
        "TargetCapacityUnitType": "units",
        "RegionNames": ["us-east-1"],
    }
    stubbed.of("ec2").add_response(
        "get_spot_placement_scores", {"SpotPlacementScores": [{"Region": "us-east-1", "Score": 4}]}, asked
    )
    assert AwsCloud(stubbed).spot_score("us-east-1", "g6e.xlarge", 3) == 4
    stubbed.of("ec2").add_response("get_spot_placement_scores", {"SpotPlacementScores": []}, asked)
    assert AwsCloud(stubbed).spot_score("us-east-1", "g6e.xlarge", 3) == 1


# Permissions


def caller(stubbed, arn):
    stubbed.of("sts").add_response(
        "get_caller_identity", {"Arn": arn, "Account": "123456789012", "UserId": "u"}
    )


def simulated(stubbed, principal, denied):
    # One call a statement of the policy.
    for _ in iam_policy()["Statement"]:
        stubbed.of("iam").add_response(
            "simulate_principal_policy",
            {
                "EvaluationResults": [
                    {"EvalActionName": action, "EvalDecision": "implicitDeny"} for action in denied
                ]
            },
            {"PolicySourceArn": principal, "ActionNames": ANY, "ResourceArns": ANY, "ContextEntries": ANY},
        )


def test_the_actions_of_the_printed_policy_are_tried_one_by_one(stubbed):
    arn = "arn:aws:iam::123456789012:user/deployer"
    caller(stubbed, arn)
    simulated(stubbed, arn, ["ec2:RunInstances", "iam:PassRole"])
    assert list(AwsCloud(stubbed).denied()) == ["ec2:RunInstances", "iam:PassRole"]


def test_a_roles_session_is_tried_as_its_role_with_its_path(stubbed):
    caller(stubbed, "arn:aws:sts::123456789012:assumed-role/Deployer/me@example.com")
    role = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/Deployer"
    dates = {"CreateDate": datetime.datetime.now(datetime.UTC)}
    described = {"Path": "/", "RoleName": "Deployer", "RoleId": "AROA0000000000000", "Arn": role, **dates}
    stubbed.of("iam").add_response("get_role", {"Role": described}, {"RoleName": "Deployer"})
    simulated(stubbed, role, [])
    assert list(AwsCloud(stubbed).denied()) == []


def test_a_role_that_may_not_be_read_is_guessed(stubbed):
    caller(stubbed, "arn:aws:sts::123456789012:assumed-role/Deployer/me")
    stubbed.of("iam").add_client_error("get_role", "AccessDenied")
    simulated(stubbed, "arn:aws:iam::123456789012:role/Deployer", [])
    assert list(AwsCloud(stubbed).denied()) == []


def test_the_root_of_an_account_may_everything(stubbed):
    stubbed.of("iam")
    caller(stubbed, "arn:aws:iam::123456789012:root")
    assert list(AwsCloud(stubbed).denied()) == []


def test_who_may_not_ask_the_simulator(stubbed):
    caller(stubbed, "arn:aws:iam::123456789012:user/x")
    stubbed.of("iam").add_client_error("simulate_principal_policy", "AccessDenied")
    with pytest.raises(Denied) as refused:
        AwsCloud(stubbed).denied()
    assert refused.value.action == "iam:SimulatePrincipalPolicy"


# Errors


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ExpiredToken", NoCredentials),
        ("InvalidClientTokenId", NoCredentials),
        ("SignatureDoesNotMatch", NoCredentials),
        ("AuthFailure", NoCredentials),
        ("UnauthorizedOperation", Denied),
        ("AccessDeniedException", Denied),
        ("InternalError", NoAnswer),
    ],
)
def test_errors_of_aws(stubbed, code, error):
    message = f"the request was signed with {SECRET}"
    stubbed.of("ec2").add_client_error("describe_regions", code, message)
    with pytest.raises(error) as refused:
        AwsCloud(stubbed).region_state("us-east-1")
    assert SECRET not in str(refused.value)


class Server(ThreadingHTTPServer):
    """Answers EC2's Query API: `refusals` times a 503 or 400, then one region; or never."""

    daemon_threads = True

    def __init__(self, refusals=0, hang=False, body=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.refusals, self.hang, self.body, self.asked = refusals, hang, body or REGIONS, 0
        self.end = threading.Event()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.asked += 1
        self.rfile.read(int(self.headers["content-length"]))
        if self.server.hang:
            self.server.end.wait(60)
            return
        refused = self.server.asked <= self.server.refusals
        body = THROTTLED if refused else self.server.body
        self.send_response(503 if refused else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


THROTTLED = (
    b"<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow down</Message></Error></Errors>"
    b"<RequestID>1</RequestID></Response>"
)
REGIONS = (
    b"<DescribeRegionsResponse><regionInfo><item><regionName>us-east-1</regionName>"
    b"<optInStatus>opt-in-not-required</optInStatus></item></regionInfo></DescribeRegionsResponse>"
)


@pytest.fixture
def serve():
    servers = []

    def start(**how):
        server = Server(**how)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    yield start
    for server in servers:
        server.end.set()
        server.shutdown()
        server.server_close()


def cloud_at(server, **more):
    address = f"http://127.0.0.1:{server.server_address[1]}"
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": SECRET}
    return AwsCloud(boto3_clients(endpoint_url=address, **keys, **more))


def test_throttling_is_waited_out(serve):
    server = serve(refusals=2)
    assert cloud_at(server).region_state("us-east-1") == "enabled"
    assert server.asked == 3


def test_throttling_without_end_is_no_answer(serve):
    server = serve(refusals=1000)
    with pytest.raises(NoAnswer) as refused:
        cloud_at(server, attempts=2).region_state("us-east-1")
    assert refused.value.problem == "no answer from ec2:DescribeRegions (RequestLimitExceeded)"
    assert server.asked == 2


def test_a_proxy_that_answers_in_awss_place(serve):
    with pytest.raises(NoAnswer):
        cloud_at(serve(body=b"<html>Log in to the network"), attempts=1).region_state("us-east-1")


def test_an_endpoint_that_hangs_does_not_hold_up_the_preflight(serve, preflight_of):
    cloud = cloud_at(serve(hang=True))

    class Hanging(FakeCloud):
        def region_state(self, location):
            return cloud.region_state(location)

    began = time.monotonic()
    lines = "regions: [aws/us-east-1, gcp/us-central1]\nhardware: {gpu: l4}"
    # Long enough for a busy machine to load boto3 while the others are asked.
    report = run_preflight(preflight_of(lines, aws=Hanging()), patience_s=8.0)
    assert time.monotonic() - began < 30
    assert [(each.where, each.check) for each in report.failed] == [("aws/us-east-1", "region")]
    assert any(key.startswith("gcp/us-central1 ") for key in report.pins.zones)


def test_one_client_a_service_and_region_whatever_the_threads():
    clients = boto3_clients(aws_access_key_id="a", aws_secret_access_key=SECRET)
    made = []
    threads = [threading.Thread(target=lambda: made.append(clients("ec2", "us-east-1"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, made))) == 1


ASK = """
import sys
from llmdeploy.serving.errors import LlmdeployError
if sys.argv[1] == "without boto3":
    sys.modules["boto3"] = None
from llmdeploy.infra.preflight.clouds.aws import aws_cloud
try:
    aws_cloud().identity()
except LlmdeployError as error:
    print(type(error).__name__, error, sep=": ")
"""


def asked_in_a_process(tmp_path, how="", **environ):
    """What a process without anything of this machine's is told."""
    nothing = str(tmp_path / "none")
    files = {"AWS_CONFIG_FILE": nothing, "AWS_SHARED_CREDENTIALS_FILE": nothing}
    ended = subprocess.run(
        [sys.executable, "-c", ASK, how],
        env={"PATH": "", "AWS_EC2_METADATA_DISABLED": "true", **files, **environ},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return ended.stdout.strip()


def test_no_credentials(tmp_path):
    told = asked_in_a_process(tmp_path)
    assert told.startswith("NoCredentials: AWS: Unable to locate credentials; run `aws configure`")


def test_a_profile_that_there_is_not(tmp_path):
    told = asked_in_a_process(tmp_path, AWS_PROFILE="nobody")
    assert told.startswith("NoCredentials: AWS: The config profile (nobody) could not be found; run")


def test_boto3_is_missing(tmp_path):
    assert asked_in_a_process(tmp_path, "without boto3") == (
        "ExtraMissing: aws cannot be asked without boto3, which is not installed;"
        " pip install 'llmdeploy-stacks[aws]'"
    )


# The policy


def test_the_policy_fits_a_managed_policy_and_names_no_action_twice():
    policy = iam_policy()
    # IAM counts the characters of a managed policy without white space, at most 6,144.
    assert len("".join(json.dumps(policy).split())) <= 6144
    actions = [action for statement in policy["Statement"] for action in statement["Action"]]
    assert len(actions) == len(set(actions))
    assert "*" not in actions
    assert not [action for action in actions if action.startswith("iam:") and action.endswith(":*")]
    passing = next(each for each in policy["Statement"] if "iam:PassRole" in each["Action"])
    assert "iam:PassedToService" in passing["Condition"]["StringEquals"]


def test_moto_takes_the_policy():
    with mock_aws():
        plain_client("iam", "us-east-1").create_policy(
            PolicyName="llmdeploy", PolicyDocument=json.dumps(iam_policy())
        )
