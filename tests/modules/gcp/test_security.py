"""What must hold in every graph, whatever the spec."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.modules.declared import Declared
from tests.modules.gcp.golden import CASES
from tests.modules.gcp.program import CANARIES, graph, plan_of

EVERYWHERE = "0.0.0.0/0"
ROLES = {
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": {"roles/artifactregistry.reader"},
    "gcp:storage/bucketIAMMember:BucketIAMMember": {"roles/storage.objectViewer"},
    "gcp:secretmanager/secretIamMember:SecretIamMember": {"roles/secretmanager.secretAccessor"},
}
"""Roles on one resource. On the project: only to write logs and metrics, and a role of our own that reads."""
SECRET_INPUTS = {("SecretVersion", "secretData"), ("SSLCertificate", "privateKey")}


@pytest.fixture(scope="module", params=sorted(CASES.glob("*.yaml")), ids=lambda spec: spec.stem)
def declared(request: pytest.FixtureRequest) -> list[Declared]:
    return graph(plan_of(request.param))


def of(declared: list[Declared], kind: str) -> list[Declared]:
    return [each for each in declared if each.type.startswith("gcp:") and each.type.endswith(f":{kind}")]


def test_only_googles_load_balancers_and_checks_come_in(declared: list[Declared]) -> None:
    google = {"130.211.0.0/22", "35.191.0.0/16"}
    for rule in of(declared, "Firewall"):
        if rule.inputs["direction"] != "INGRESS":
            continue
        assert rule.inputs["targetServiceAccounts"], rule.name
        for source in rule.inputs["sourceRanges"]:
            assert source in google or re.fullmatch(r"10\.\d+\.16\.0/23", source), (rule.name, source)


def test_nothing_opens_ssh(declared: list[Declared]) -> None:
    for rule in of(declared, "Firewall"):
        for allowed in rule.inputs.get("allows", []):
            assert allowed["protocol"] == "tcp"
            assert allowed["ports"]
            assert "22" not in allowed["ports"]
    for template in of(declared, "RegionInstanceTemplate"):
        assert template.inputs["metadata"]["block-project-ssh-keys"] == "TRUE"


def test_the_internet_is_reached_by_tls_alone(declared: list[Declared]) -> None:
    out = [
        rule.inputs
        for rule in of(declared, "Firewall")
        if rule.inputs["direction"] == "EGRESS" and EVERYWHERE in rule.inputs["destinationRanges"]
    ]
    allowed = [rule for rule in out if "allows" in rule]
    denied = [rule for rule in out if "denies" in rule]
    assert [rule["allows"] for rule in allowed] == [[{"protocol": "tcp", "ports": ["443"]}]]
    assert all(len(rule["targetServiceAccounts"]) == 2 for rule in allowed)
    assert [(rule["denies"], rule.get("targetServiceAccounts")) for rule in denied] == [
        ([{"protocol": "all"}], None)
    ]
    assert denied[0]["priority"] > allowed[0]["priority"]


def test_no_instance_has_an_address_of_its_own(declared: list[Declared]) -> None:
    for template in of(declared, "RegionInstanceTemplate"):
        for card in template.inputs["networkInterfaces"]:
            assert set(card) == {"subnetwork"}


def test_the_only_public_port_is_443(declared: list[Declared]) -> None:
    rules = of(declared, "GlobalForwardingRule")
    assert rules
    assert {rule.inputs["portRange"] for rule in rules} == {"443"}
    assert of(declared, "TargetHttpProxy") == []
    for rule in of(declared, "ForwardingRule"):
        assert rule.inputs["loadBalancingScheme"] == "INTERNAL_MANAGED"


def test_old_tls_is_refused_at_every_front(declared: list[Declared]) -> None:
    (policy,) = of(declared, "SSLPolicy")
    assert (policy.inputs["minTlsVersion"], policy.inputs["profile"]) == ("TLS_1_2", "MODERN")
    for proxy in of(declared, "TargetHttpsProxy"):
        assert "sSLPolicy" in proxy.inputs["sslPolicy"] or "SSLPolicy" in proxy.inputs["sslPolicy"]


def test_every_front_has_the_edge_policy(declared: list[Declared]) -> None:
    (policy,) = of(declared, "SecurityPolicy")
    for service in of(declared, "BackendService"):
        assert policy.name in service.inputs["securityPolicy"]


def test_roles_are_on_resources_and_only_read(declared: list[Declared]) -> None:
    for each in declared:
        if each.type in ROLES:
            assert each.inputs["role"] in ROLES[each.type], each.name
            assert each.inputs["member"].startswith("serviceAccount:")
    writers = {"roles/logging.logWriter", "roles/monitoring.metricWriter"}
    own = {f"{role.name}-1a2b3c4" for role in of(declared, "IAMCustomRole")}
    assert {each.inputs["role"] for each in of(declared, "IAMMember")} <= writers | own
    for role in of(declared, "IAMCustomRole"):
        assert {verb.rpartition(".")[2] for verb in role.inputs["permissions"]} <= {"get", "list"}


def test_gateways_do_not_read_the_hub_token(declared: list[Declared]) -> None:
    readers = [each.inputs for each in of(declared, "SecretIamMember") if "hub-token" in each.name]
    assert all("-node@" in each["member"] for each in readers)


def test_buckets_are_private(declared: list[Declared]) -> None:
    buckets = of(declared, "Bucket")
    assert buckets
    for bucket in buckets:
        assert bucket.inputs["uniformBucketLevelAccess"] is True
        assert bucket.inputs["publicAccessPrevention"] == "enforced"


def test_images_are_taken_by_digest_from_the_regions_cache(declared: list[Declared]) -> None:
    for template in of(declared, "RegionInstanceTemplate"):
        text = json.dumps(template.inputs["metadata"])
        images = re.findall(r"[\w.-]+-docker\.pkg\.dev/[^\s\"'\\]+", text)
        assert images, template.name
        for image in images:
            assert image.startswith(template.inputs["region"])
            if "/" in image.partition(".dev/")[2]:
                assert re.search(r"@sha256:[0-9a-f]{64}$", image), image


def test_instances_start_from_pinned_images_with_shielding(declared: list[Declared]) -> None:
    for template in of(declared, "RegionInstanceTemplate"):
        (disk,) = template.inputs["disks"]
        assert re.fullmatch(r"projects/[\w-]+/global/images/[\w-]+-v\d+", disk["sourceImage"])
        shield = template.inputs["shieldedInstanceConfig"]
        assert shield["enableVtpm"]
        assert shield["enableIntegrityMonitoring"]


def test_secrets_are_marked_and_nowhere_else(declared: list[Declared]) -> None:
    for each in declared:
        kind = each.type.rpartition(":")[2]
        for name, value in each.inputs.items():
            if (kind, name) in SECRET_INPUTS:
                assert set(value) == {"secret"}, each.name
            else:
                assert not _canaries(value), (each.name, name)


def test_the_canaries_are_in_the_graph_at_all() -> None:
    """Else the test above could not fail."""
    found = graph(plan_of(CASES / "one-region.yaml"))
    hidden = json.dumps([each.inputs.get("secretData") or each.inputs.get("privateKey") for each in found])
    assert CANARIES["key"] in hidden
    assert "canary-of-the-private-key" in hidden


def _canaries(value: Any) -> list[str]:
    text = json.dumps(value)
    return [word for word in CANARIES.values() if word in text]
