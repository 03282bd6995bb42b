"""How the simulated clouds name things."""

from __future__ import annotations

import pytest

from llmdeploy.infra.simulate import schema
from llmdeploy.infra.simulate.cloud.autoname import autoname
from llmdeploy.infra.simulate.identity import aws, gcp
from llmdeploy.infra.simulate.identity.made import Made
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.identity.seed import Seed
from llmdeploy.infra.simulate.references.handles import handles
from llmdeploy.infra.simulate.schema.sdk_source import resource_index

EVERY = 5
"""Of more than 3,000 types every fifth is tried here; `EVERY = 1` takes 8 s."""


@pytest.mark.parametrize("package", ["aws", "gcp"])
def test_any_resource_of_the_sdk_can_be_made(package: str) -> None:
    tokens = [token for token in resource_index(package) if token.count("/") == 1][::EVERY]
    made = {token: _made(token) for token in tokens}
    assert len(made) > 250
    assert [token for token, each in made.items() if not each.id or "{" in each.id] == []
    assert [
        token for token, each in made.items() if each.outputs.get("arn", "arn:aws:")[:8] != "arn:aws:"
    ] == []


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        ("aws:ec2/vpc:Vpc", {}, "vpc-[hex]"),
        ("aws:iam/role:Role", {"name": "node"}, "node"),
        (
            "aws:lb/targetGroup:TargetGroup",
            {"name": "node"},
            "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/node/[hex]",
        ),
        (
            "aws:ecs/taskDefinition:TaskDefinition",
            {"family": "gateway"},
            "gateway",
        ),
        ("gcp:compute/network:Network", {"name": "net"}, "projects/simulated-project/global/networks/net"),
        (
            "gcp:artifactregistry/repository:Repository",
            {"location": "europe-west4", "repositoryId": "images"},
            "projects/simulated-project/locations/europe-west4/repositories/images",
        ),
        (
            "gcp:serviceaccount/account:Account",
            {"accountId": "node"},
            "projects/simulated-project/serviceAccounts/node@simulated-project.iam.gserviceaccount.com",
        ),
        ("gcp:storage/bucket:Bucket", {"name": "weights", "location": "EU"}, "weights"),
    ],
)
def test_ids_are_written_as_the_cloud_does(token: str, inputs: dict[str, str], expected: str) -> None:
    made = _made(token, inputs)
    before, _, after = expected.partition("[hex]")
    digits = made.id[len(before) : len(made.id) - len(after)]
    assert made.id == before + digits + after
    assert not digits.strip("0123456789abcdef")


def test_the_same_program_gets_the_same_ids_and_a_replacement_others() -> None:
    first, again, next_one = (_made("aws:ec2/vpc:Vpc", generation=number) for number in (0, 0, 1))
    assert first == again
    assert first.id != next_one.id


def test_made_up_names_fit_their_clouds() -> None:
    urn = f"urn:pulumi:dev::p::t::{'Long_Name' * 10}"
    for token, name, longest in (
        ("aws:lb/targetGroup:TargetGroup", "name", 32),
        ("aws:s3/bucket:Bucket", "bucket", 63),
        ("gcp:compute/network:Network", "name", 63),
    ):
        made = autoname(token, urn, 0, {}, {})[name]
        assert len(made) == longest
        assert token.startswith("aws:lb") or made == made.lower()
    assert autoname("aws:ec2/launchTemplate:LaunchTemplate", urn, 0, {"namePrefix": "x-"}, {}) == {
        "__defaults": []
    }


def _made(token: str, inputs: dict[str, str] | None = None, generation: int = 0) -> Made:
    urn = f"urn:pulumi:dev::test::{token}::thing"
    given: dict[str, object] = dict(inputs or {})
    for name, kind in schema.inputs(token).items():
        if kind.required and kind.kind in {"string", "integer"}:
            given.setdefault(name, "x" if kind.kind == "string" else 1)
    given |= {
        name: value for name, value in autoname(token, urn, 0, given, {}).items() if name != "__defaults"
    }
    cloud = {"aws": aws, "gcp": gcp}[token[:3]]
    made: Made = cloud.make(token, given, Seed(urn, generation), Place())
    assert made.id in handles(token, made.id, given, made.outputs) or token.startswith("gcp:")
    return made
