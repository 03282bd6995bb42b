"""What the SDK declares: outputs, inputs, functions, objects that hold themselves."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

from llmdeploy.infra.simulate.schema import (
    UNKNOWN,
    Unknown,
    check_inputs,
    check_invoke,
    is_function,
    is_resource,
    outputs,
    with_defaults,
)


def test_outputs_of_a_resource_have_names_and_types() -> None:
    of = outputs("aws:ec2/launchTemplate:LaunchTemplate")
    assert of["latestVersion"].kind == "integer"
    assert of["arn"].kind == "string"
    assert of["arn"].required
    assert of["metadataOptions"].properties["httpTokens"].kind == "string"
    assert of["blockDeviceMappings"].element is not None
    assert of["blockDeviceMappings"].element.properties["ebs"].kind == "object"


def test_outputs_of_a_function_are_its_results() -> None:
    of = outputs("aws:ssm/getParameter:getParameter")
    assert of["value"].kind == "string"
    assert of["version"].kind == "integer"


def test_secrets_are_marked() -> None:
    assert outputs("aws:secretsmanager/secretVersion:SecretVersion")["secretString"].secret
    assert not outputs("aws:secretsmanager/secretVersion:SecretVersion")["arn"].secret


def test_a_secret_is_not_in_the_reason() -> None:
    canary = "canary" * 20_000
    found = check_inputs(
        "aws:secretsmanager/secretVersion:SecretVersion", {"secretId": UNKNOWN, "secretString": canary}
    )
    assert [failure.property for failure in found] == ["secretString"]
    assert "canary" not in found[0].reason


def test_deep_objects_are_checked_to_their_ends() -> None:
    action = {"retryPolicy": {"numRetries": 2, "perTryTimeout": {"seconds": 1, "nanos": 1_000_000_000}}}
    given = {
        "defaultService": UNKNOWN,
        "pathMatchers": [{"name": "a", "routeRules": [{"priority": 1, "routeAction": action}]}],
    }
    assert [failure.property for failure in check_inputs("gcp:compute/uRLMap:URLMap", given)] == [
        "pathMatchers[0].routeRules[0].routeAction.retryPolicy.perTryTimeout.nanos"
    ]


def test_tokens() -> None:
    assert is_resource("gcp:compute/backendService:BackendService")
    assert not is_resource("gcp:compute/getImage:getImage")
    assert not is_resource("azure:compute/vm:Vm")
    assert not is_resource("aws:ec2/vpc")
    assert is_function("gcp:compute/getImage:getImage")
    assert is_function("aws:index/getCallerIdentity:getCallerIdentity")
    assert not is_function("aws:ec2/vpc:Vpc")


def test_an_invoke_says_what_is_missing_and_unknown() -> None:
    found = check_invoke("aws:ssm/getParameter:getParameter", {"nam": "/a", "withDecryption": "perhaps"})
    assert [f"{failure.property} {failure.reason}" for failure in found] == [
        "nam unknown property; did you mean name?",
        "withDecryption must be true or false",
        "name needs a value",
    ]
    assert not check_invoke("aws:ssm/getParameter:getParameter", {"name": "/a", "region": UNKNOWN})


def test_defaults_are_filled_in_within_the_blocks_that_are_given() -> None:
    given = {"name": "a", "healthCheck": {"path": "/health"}}
    filled = with_defaults("aws:lb/targetGroup:TargetGroup", given)
    assert filled["targetType"] == "instance"
    assert filled["healthCheck"]["interval"] == 30
    assert filled["healthCheck"]["path"] == "/health"
    assert given == {"name": "a", "healthCheck": {"path": "/health"}}


def test_unknown_is_one() -> None:
    assert Unknown() is UNKNOWN
    assert copy.deepcopy({"a": UNKNOWN})["a"] is UNKNOWN
    assert pickle.loads(pickle.dumps(UNKNOWN)) is UNKNOWN


def test_the_sdk_is_read_not_imported() -> None:
    program = (
        "import sys\n"
        "from llmdeploy.infra.simulate.schema import check_inputs\n"
        "assert check_inputs('aws:ec2/vpc:Vpc', {'x': 1})\n"
        "assert check_inputs('gcp:compute/network:Network', {'x': 1})\n"
        "assert not {'pulumi', 'pulumi_aws', 'pulumi_gcp', 'botocore'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
