"""What must hold in every graph, whatever the spec."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.modules.aws.golden import CASES, script
from tests.modules.aws.program import CANARIES, graph, plan_of
from tests.modules.declared import Declared

from llmdeploy.modules.aws.policies import UNSCOPED

EVERYWHERE = "0.0.0.0/0"
SECRET_INPUTS = {("SecretVersion", "secretString"), ("Certificate", "privateKey")}
BY_DIGEST = re.compile(r"^[\w.-]+(?::\d+)?/[\w./-]+@sha256:[0-9a-f]{64}$")
DESCRIBABLE = re.compile(r"^[a-zA-Z0-9. _\-:/()#,@\[\]+=;{}!$*]{1,255}$")
"""What EC2 takes as the description of a security group and its rules (AuthorizeSecurityGroupIngress)."""


@pytest.fixture(scope="module", params=sorted(CASES.glob("*.yaml")), ids=lambda spec: spec.stem)
def declared(request: pytest.FixtureRequest) -> list[Declared]:
    return graph(plan_of(request.param))


def of(declared: list[Declared], kind: str) -> list[Declared]:
    return [each for each in declared if each.type.startswith("aws:") and each.type.endswith(f":{kind}")]


def test_the_internet_comes_in_by_the_fronts_tls_port_alone(declared: list[Declared]) -> None:
    rules = of(declared, "SecurityGroupIngressRule")
    open_ones = [rule for rule in rules if rule.inputs.get("cidrIpv4")]
    fronts = [each for each in of(declared, "LoadBalancer") if not each.inputs["internal"]]
    assert len(open_ones) == len(fronts)
    for rule in open_ones:
        assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (443, 443)
        assert rule.inputs["securityGroupId"].endswith("-front-id")
    for rule in rules:
        if rule not in open_ones:
            assert rule.inputs["referencedSecurityGroupId"].endswith("-id"), rule.name


def test_no_group_has_rules_of_its_own(declared: list[Declared]) -> None:
    """EC2 gives a new group a rule that lets everything out; Pulumi takes it away where none is given."""
    for group in of(declared, "SecurityGroup"):
        assert not {"ingress", "egress"} & set(group.inputs)


def test_the_internet_is_reached_by_tls_alone(declared: list[Declared]) -> None:
    for rule in of(declared, "SecurityGroupEgressRule"):
        assert rule.inputs["ipProtocol"] == "tcp"
        if "cidrIpv4" in rule.inputs:
            assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (443, 443)
            assert rule.inputs["securityGroupId"].endswith(("-node-id", "-gateway-id"))


def test_nothing_opens_ssh(declared: list[Declared]) -> None:
    for rule in of(declared, "SecurityGroupIngressRule"):
        assert not rule.inputs["fromPort"] <= 22 <= rule.inputs["toPort"]
    for template in of(declared, "LaunchTemplate"):
        assert "keyName" not in template.inputs


def test_ec2_takes_the_descriptions(declared: list[Declared]) -> None:
    for kind in ("SecurityGroup", "SecurityGroupIngressRule", "SecurityGroupEgressRule"):
        for each in of(declared, kind):
            assert DESCRIBABLE.match(each.inputs["description"]), each.inputs["description"]


def test_instances_and_tasks_have_no_public_address(declared: list[Declared]) -> None:
    for template in of(declared, "LaunchTemplate"):
        (card,) = template.inputs["networkInterfaces"]
        assert card["associatePublicIpAddress"] == "false"
    for service in of(declared, "Service"):
        assert service.inputs["networkConfiguration"]["assignPublicIp"] is False
        assert all("-private-" in each for each in service.inputs["networkConfiguration"]["subnets"])
    for group in of(declared, "Group"):
        assert all("-private-" in each for each in group.inputs["vpcZoneIdentifiers"])
    for subnet in of(declared, "Subnet"):
        assert subnet.inputs["mapPublicIpOnLaunch"] is False


def test_metadata_wants_a_token_and_containers_cannot_reach_it(declared: list[Declared]) -> None:
    for template in of(declared, "LaunchTemplate"):
        options = template.inputs["metadataOptions"]
        assert options["httpTokens"] == "required"
        assert options["httpPutResponseHopLimit"] == 1


def test_iam_names_every_resource(declared: list[Declared]) -> None:
    for statement in _statements(declared):
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            assert "*" not in action
            if statement["Resource"] == ["*"]:
                assert action in UNSCOPED, action
        assert statement["Resource"] == ["*"] or all(
            re.match(r"^(arn:aws:|aws-secrets-)", each) and not each.startswith("arn:aws:s3:::*")
            for each in statement["Resource"]
        )
        if statement["Action"] == ["cloudwatch:PutMetricData"]:
            assert statement["Condition"]["StringEquals"]["cloudwatch:namespace"]


def test_roles_are_taken_by_their_service_alone(declared: list[Declared]) -> None:
    machines = ("ec2.amazonaws.com", "ecs-tasks.amazonaws.com")
    services = (*machines, "sagemaker.amazonaws.com", "bedrock.amazonaws.com")
    for role in of(declared, "Role"):
        (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        assert trust["Principal"] in [{"Service": service} for service in services]
    attached = {each.inputs["policyArn"] for each in of(declared, "RolePolicyAttachment")}
    sessions = {"arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"} if of(declared, "Group") else set()
    assert attached == sessions


def test_endpoints_are_asked_by_gateways_alone_and_read_their_own_weights(declared: list[Declared]) -> None:
    endpoints = {each.inputs["name"] for each in of(declared, "Endpoint")}
    asked = [each for each in _statements(declared) if "sagemaker:InvokeEndpoint" in each["Action"]]
    found = {arn.rpartition("/")[2] for each in asked for arn in each["Resource"]}
    assert found == endpoints
    for policy in of(declared, "RolePolicy"):
        if "sagemaker:" in policy.inputs["policy"]:
            assert policy.name.endswith("-gateway")
        if policy.name.endswith("-endpoint"):
            assert "secretsmanager" not in policy.inputs["policy"]
            assert "/gateway/" not in policy.inputs["policy"]
    for model in of(declared, "Model"):
        container = model.inputs["primaryContainer"]
        assert model.inputs["enableNetworkIsolation"] is ("modelDataSource" in container)
        assert not {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"} & set(container["environment"])


def test_a_model_of_bedrock_is_asked_by_gateways_alone(declared: list[Declared]) -> None:
    for model in of(declared, "BedrockImport"):
        asked = [each for each in _statements(declared) if "bedrock:InvokeModel" in each["Action"]]
        actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
        assert [(each["Action"], len(each["Resource"])) for each in asked] == [(actions, 1)]
        assert asked[0]["Resource"][0].endswith(f":BedrockImport/{model.inputs['name']}")
        (caller,) = (each for each in of(declared, "RolePolicy") if "bedrock:" in each.inputs["policy"])
        assert "-gateway" in caller.inputs["role"]


def test_bedrock_reads_one_folder_for_this_account_and_region_alone(declared: list[Declared]) -> None:
    for model in of(declared, "BedrockImport"):
        (role,) = (each for each in of(declared, "Role") if each.parent == model.parent)
        (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        jobs = f"arn:aws:bedrock:{model.inputs['region']}:123456789012:model-import-job/*"
        assert trust["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": jobs},
        }
        (rights,) = (each for each in of(declared, "RolePolicy") if each.name == role.name)
        bucket, _, folder = model.inputs["source"].removeprefix("s3://").partition("/")
        assert [
            (each["Action"], each["Resource"]) for each in json.loads(rights.inputs["policy"])["Statement"]
        ] == [
            (["s3:GetObject"], [f"arn:aws:s3:::{bucket}/{folder}/*"]),
            (["s3:ListBucket"], [f"arn:aws:s3:::{bucket}"]),
        ]


def test_gateways_read_neither_weights_nor_the_hubs_token(declared: list[Declared]) -> None:
    for policy in of(declared, "RolePolicy"):
        if policy.name.endswith("-gateway"):
            assert "/models/" not in policy.inputs["policy"]
            assert "hub-token" not in policy.inputs["policy"]
        if policy.name.endswith("-node"):
            assert "/gateway/" not in policy.inputs["policy"]
        if policy.name.endswith("-execution"):
            assert "secretsmanager" not in policy.inputs["policy"]
            assert "s3:" not in policy.inputs["policy"]


def test_disks_buckets_and_caches_are_encrypted(declared: list[Declared]) -> None:
    for template in of(declared, "LaunchTemplate"):
        assert [disk["ebs"]["encrypted"] for disk in template.inputs["blockDeviceMappings"]] == ["true"]
    buckets = of(declared, "Bucket")
    for kind in (
        "BucketServerSideEncryptionConfiguration",
        "BucketPublicAccessBlock",
        "BucketOwnershipControls",
        "BucketPolicy",
    ):
        assert {each.inputs["bucket"] for each in of(declared, kind)} == {
            each.inputs["bucket"] for each in buckets
        }, kind
    for block in of(declared, "BucketPublicAccessBlock"):
        assert all(block.inputs[name] for name in block.inputs if name not in ("bucket", "region"))
    for policy in of(declared, "BucketPolicy"):
        (statement,) = json.loads(policy.inputs["policy"])["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    for each in of(declared, "BucketObjectv2"):
        assert each.inputs["serverSideEncryption"] == "AES256"
    for repository in of(declared, "Repository"):
        assert repository.inputs["encryptionConfigurations"]


def test_fronts_speak_modern_tls_only(declared: list[Declared]) -> None:
    balancers = {each.name: each.inputs["internal"] for each in of(declared, "LoadBalancer")}
    for listener in of(declared, "Listener"):
        if "loadBalancerArn" not in listener.inputs:
            continue
        if not balancers[listener.name]:
            assert listener.inputs["protocol"] == "HTTPS"
            assert listener.inputs["port"] == 443
            assert listener.inputs["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-Res-")
            assert listener.inputs["certificateArn"]
    for balancer in of(declared, "LoadBalancer"):
        assert balancer.inputs["dropInvalidHeaderFields"] is True


def test_images_are_taken_by_digest(declared: list[Declared]) -> None:
    found = [
        container["image"]
        for task in of(declared, "TaskDefinition")
        for container in json.loads(task.inputs["containerDefinitions"])
    ]
    for template in of(declared, "LaunchTemplate"):
        found += re.findall(r"^IMAGE=(\S+)$", script(template.inputs["userData"]), re.M)
    assert len(found) == 2 * len(of(declared, "TaskDefinition")) + len(of(declared, "LaunchTemplate"))
    assert [image for image in found if not BY_DIGEST.match(image)] == []


def test_secrets_are_marked_and_nowhere_else(declared: list[Declared]) -> None:
    for each in declared:
        kind = each.type.rpartition(":")[2]
        for name, value in each.inputs.items():
            if (kind, name) in SECRET_INPUTS:
                assert set(value) == {"secret"}, each.name
            else:
                text = script(value) if name == "userData" else json.dumps(value)
                assert "canary" not in text, (each.name, name)


def test_the_canaries_are_in_the_graph_at_all() -> None:
    """Else the test above could not fail."""
    found = graph(plan_of(CASES / "two-regions.yaml"))
    hidden = json.dumps([each.inputs.get("secretString") or each.inputs.get("privateKey") for each in found])
    for canary in ("key", "peer", "token"):
        assert CANARIES[canary] in hidden
    assert "canary-of-the-private-key" in hidden


def _statements(declared: list[Declared]) -> Iterator[Mapping[str, Any]]:
    for policy in of(declared, "RolePolicy"):
        yield from json.loads(policy.inputs["policy"])["Statement"]
