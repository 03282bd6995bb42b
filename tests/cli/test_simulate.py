"""`llmdeploy simulate` on clouds that hold something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Terminal
from tests.infra.simulate.laboratory import Laboratory

SPEC = """
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
regions: [aws/us-east-1]
"""


@pytest.fixture
def clouds(terminal: Terminal) -> Laboratory:
    """A VPC with a secret beside it, and a fleet of two."""
    terminal.write("chat.yaml", SPEC)
    made = Laboratory(Path(terminal.environ["LLMDEPLOY_HOME"]) / "simulated" / "chat")
    made.make("vpc", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
    zone = {"vpcId": "${vpc.id}", "cidrBlock": "10.0.0.0/20", "availabilityZone": "us-east-1a"}
    made.make("subnet", "aws:ec2/subnet:Subnet", zone)
    made.make(
        "template", "aws:ec2/launchTemplate:LaunchTemplate", {"name": "t", "instanceType": "g6e.xlarge"}
    )
    fleet = {"minSize": 2, "maxSize": 2, "vpcZoneIdentifiers": ["${subnet.id}"], "name": "fleet"}
    template = {"launchTemplate": {"id": "${template.id}"}, "waitForCapacityTimeout": "0"}
    made.make("fleet", "aws:autoscaling/group:Group", {**fleet, **template})
    made.make("hub", "aws:secretsmanager/secret:Secret", {"name": "hub"})
    token = {"secretId": "${hub.arn}", "secretString": "canary"}
    made.make("token", "aws:secretsmanager/secretVersion:SecretVersion", token, secrets=("secretString",))
    return made


def test_show_lists_everything_and_no_secret(terminal: Terminal, clouds: Laboratory) -> None:
    text = terminal.run("llmdeploy simulate show chat.yaml").stdout
    assert "fleet: 2 of 2 instances" in text
    assert "aws:ec2/vpc:Vpc" in text
    document = terminal.run("llmdeploy simulate show chat.yaml --json").stdout
    assert json.loads(document)["simulated"] is True
    assert [each["zone"] for each in json.loads(document)["groups"][0]["instances"]] == ["us-east-1a"] * 2
    one = terminal.run("llmdeploy simulate show chat.yaml token").stdout
    assert "[secret]" in one
    assert "canary" not in text + document + one


def test_drift_changes_and_deletes(terminal: Terminal, clouds: Laboratory) -> None:
    changed = terminal.run(
        "llmdeploy simulate drift chat.yaml Vpc:vpc tags.owner=someone enableDnsSupport=false"
    )
    assert changed.stdout == "Vpc vpc has changed: tags.owner=someone, enableDnsSupport=false\n"
    (vpc,) = clouds.store.of("aws:ec2/vpc:Vpc")
    assert (vpc.inputs["tags"], vpc.inputs["enableDnsSupport"]) == ({"owner": "someone"}, False)

    refused = terminal.run("llmdeploy simulate drift chat.yaml vpc owner=someone")
    assert (refused.code, "Vpc has no property owner" in refused.stderr) == (1, True)
    terminal.run("llmdeploy simulate drift chat.yaml hub --delete")
    assert clouds.store.of("aws:secretsmanager/secret:Secret") == []


def test_faults_come_and_go_and_reset_forgets(terminal: Terminal, clouds: Laboratory) -> None:
    terminal.write("faults.yaml", "project: acme\nfaults: [{kind: quota, type: L-DB2E81BA, limit: 0}]\n")
    taken = terminal.run("llmdeploy simulate fault chat.yaml --from faults.yaml")
    assert taken.stdout == "project: acme\nquota L-DB2E81BA is 0, everywhere\n"
    assert "quota L-DB2E81BA is 0" in terminal.run("llmdeploy simulate show chat.yaml").stdout
    assert terminal.run("llmdeploy simulate fault chat.yaml --clear").stdout == "1 faults ended.\n"
    assert terminal.run("llmdeploy simulate reset chat.yaml").stdout == "6 resources forgotten.\n"
    assert terminal.run("llmdeploy simulate show chat.yaml").stdout == "The simulated clouds are empty.\n"
