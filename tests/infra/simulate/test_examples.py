"""The SDK's own examples, which clouds take: what our rules between values say of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from scripts.docstring_corpus import corpus

from llmdeploy.infra.simulate.checks.table import problems_of
from llmdeploy.infra.simulate.schema import check_inputs
from llmdeploy.infra.simulate.store import Store

MODULES: Final = {
    "aws": {
        "acm",
        "appautoscaling",
        "autoscaling",
        "cloudwatch",
        "ec2",
        "ecr",
        "ecs",
        "globalaccelerator",
        "iam",
    }
    | {"lb", "route53", "s3", "secretsmanager", "vpc"},
    "gcp": {"artifactregistry", "compute", "dns", "secretmanager", "serviceaccount", "storage"},
}
ELSEWHERE: Final = frozenset(
    {"InvalidParameterValue", "InvalidServiceName", "InvalidAMIID.NotFound", "ValidationException"}
)
"""Of places, images and services that the examples take for granted."""
MISTAKEN: Final = {
    "TargetGroup: port must be given for target type instance",
    "TargetGroup: protocol must be given for target type instance",
    "TargetGroup: vpcId must be given for target type instance",
    "Group: exactly one of launchConfiguration, launchTemplate, mixedInstancesPolicy is needed",
    "Record: Missing field 'TTL'",
    "Bucket: Invalid bucket name: 'fb-webapp-'",
}
"""Examples that are fragments, or leave out what the service's own reference requires."""


@pytest.mark.parametrize("package", ["aws", "gcp"])
def test_examples_are_not_refused(package: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    tried, refused = 0, set()
    for example in corpus(package, MODULES[package]):
        if check_inputs(example.token, example.inputs):
            continue
        tried += 1
        region = _region(example.inputs) if package == "aws" else ""
        for code, message in problems_of(example.token, example.inputs, region, store):
            if code not in ELSEWHERE:
                refused.add(f"{example.token.rpartition(':')[2]}: {message}")
    assert tried > 500
    assert refused - MISTAKEN == set()


def _region(inputs: Mapping[str, Any]) -> str:
    region = inputs.get("region")
    return region if isinstance(region, str) else "us-west-2"
