"""Broken programs are refused. bench/mutations.py prints the shares of more of them."""

from __future__ import annotations

from collections import Counter

import pytest
from scripts.mutate import docstring_programs, mutations

from llmdeploy.infra.simulate.schema import check_inputs

MODULES = {
    "aws": {
        "acm",
        "autoscaling",
        "cloudwatch",
        "ec2",
        "ecr",
        "ecs",
        "globalaccelerator",
        "iam",
        "lb",
        "route53",
    },
    "gcp": {"artifactregistry", "certificatemanager", "compute", "dns", "secretmanager", "storage"},
}
# Which values are valid is the documentation's word, not our tables': some of it nothing checks.
LEAST = {
    "wrong name": 1.0,
    "wrong type": 1.0,
    "missing requirement": 1.0,
    "bad enumeration value": 0.9,
    "out of range": 0.9,
}


@pytest.mark.parametrize("package", ["aws", "gcp"])
def test_mutations(package: str) -> None:
    made, refused = Counter[str](), Counter[str]()
    for mutation in mutations(docstring_programs([package], MODULES[package]), count=1000, seed=1):
        made[mutation.kind] += 1
        refused[mutation.kind] += bool(check_inputs(mutation.token, mutation.inputs))
    assert set(made) == set(LEAST)
    assert refused.total() >= 0.95 * made.total()
    shares = {kind: refused[kind] / made[kind] for kind in made}
    assert {kind: share for kind, share in shares.items() if share < LEAST[kind]} == {}
