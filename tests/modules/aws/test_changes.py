"""One thing changed in the spec: what differs, and what is replaced for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest
from tests.modules.aws.program import graph, plan_of_text
from tests.modules.declared import Declared, differing_paths

from llmdeploy.infra.simulate.schema import replaces

BASE = """\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
hardware: {gpu: l4, count: 1}
scaling: {min: 1, max: 2}
regions: [aws/us-east-1, aws/us-west-2]
routing: {policy: nearest}
budget: {hourly_usd: 100}
"""
DIGEST = "llmdeploy:spec-digest"
FILES = "GATEWAY FILES"

CHANGES = {
    "budget: {hourly_usd: 100}|budget: {hourly_usd: 90}": set(),
    "min: 1, max: 2|min: 1, max: 3": {"Group fleet"},
    "min: 1, max: 2|min: 2, max: 2": {"Group fleet", "MetricAlarm lost", "Policy load", FILES},
    "policy: nearest|policy: failover": {FILES},
    "quantization: fp8|quantization: none": {FILES, "LaunchTemplate fleet"},
    "count: 1}|count: 1, purchase: spot}": {"Group fleet"},
    "count: 1}|count: 1, purchase: spot-with-fallback}": {
        "Dashboard dashboard",
        "Group fleet",
        "Group fallback",
        "Policy short",
        "Policy covered",
        "MetricAlarm short",
        "MetricAlarm covered",
    },
    "policy: nearest|policy: nearest, auth: none": {
        FILES,
        "RolePolicy gateway",
        "Secret keys",
        "SecretVersion keys",
    },
    "policy: nearest|policy: nearest, domain: chat.example.com": {
        "Certificate certificate",
        "CertificateValidation certificate",
        "Record certificate-proof",
        "Record domain",
        FILES,
    },
    "framework: vllm|framework: sglang": {FILES, "Group fleet", "LaunchTemplate fleet"},
}
"""What is changed into what → the resources whose inputs differ, in both regions alike."""
REGIONS = ("aws-us-east-1-", "aws-us-west-2-")


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_change_touches(change: str) -> None:
    before, after = _graph(BASE), _graph(_changed(change))
    assert _differing(before, after) == CHANGES[change]


def test_an_adapter_that_is_loaded_at_run_time_touches_its_list_alone() -> None:
    model = (
        "model: {id: Qwen/Qwen2.5-7B-Instruct, runtime_adapters: true, adapters: [{name: a, source: x/a}%s]}"
    )
    changing = BASE.replace("model: Qwen/Qwen2.5-7B-Instruct", model)
    before, after = (_graph(changing % more) for more in ("", ", {name: b, source: x/b, rank: 8}"))
    assert _differing(before, after) == {"BucketObjectv2 adapters"}
    wide = _graph(changing % ", {name: b, source: x/b, rank: 64}")
    assert "LaunchTemplate fleet" in _differing(before, wide), "more room is another command"


@pytest.mark.parametrize("change", ["hourly_usd: 100|hourly_usd: 90", "min: 1, max: 2|min: 1, max: 3"])
def test_the_digest_of_the_spec_replaces_nothing(change: str) -> None:
    """Every change of a spec changes it: in a launch template it would replace the fleet."""
    before, after = _graph(BASE), _graph(_changed(change))
    touched = [key for key in before if before[key].inputs != after[key].inputs]
    assert touched
    for key in touched:
        for path in differing_paths("", before[key].inputs, after[key].inputs):
            assert not replaces(before[key].type, path), (key, path)


def test_a_new_model_replaces_instances_by_a_refresh_alone() -> None:
    """The template gets another version; the group is updated in place and refreshes."""
    before, after = _graph(BASE), _graph(_changed("fp8|none"))
    key = "LaunchTemplate aws-us-east-1-fleet"
    changed = differing_paths("", _lasting(before[key])[0], _lasting(after[key])[0])
    assert changed == ["userData"]
    assert not replaces(before[key].type, "userData")
    assert not replaces("aws:autoscaling/group:Group", "mixedInstancesPolicy")


def test_a_new_region_touches_no_fleet_of_another() -> None:
    before = _graph(BASE)
    after = _graph(_changed("aws/us-west-2]|aws/us-west-2, aws/us-east-2]"))
    touched = _differing({key: after[key] for key in before}, before)
    assert touched == {FILES, "Secret keys"}
    changed = differing_paths(
        "", before["Secret aws-secrets-keys"].inputs, after["Secret aws-secrets-keys"].inputs
    )
    assert {path for path in changed if DIGEST not in path} == {"replicas[1]"}
    assert not replaces("aws:secretsmanager/secret:Secret", "replicas")


def test_no_region_needs_anything_of_another() -> None:
    """Its resources are the same as if it were alone, but for what its gateways know of the others and the
    way to them.
    """
    both = _graph(BASE)
    alone = _graph(_changed("[aws/us-east-1, aws/us-west-2]|[aws/us-east-1]"))
    own = {key: each for key, each in both.items() if " aws-us-east-1-" in key}
    known = {key: each for key, each in alone.items() if " aws-us-east-1-" in key}
    assert _differing(own, known) == {FILES, "Record to-other"}


def test_no_region_waits_for_another() -> None:
    """No input of a region's resource, but its names for the others, holds anything that another made."""
    for key, each in _graph(BASE).items():
        if " aws-us-east-1-" in key and "-to-aws-" not in key:
            text = str({name: value for name, value in each.inputs.items() if name != "content"})
            assert "aws-us-west-2-" not in text, key


def _changed(change: str) -> str:
    old, _, new = change.partition("|")
    assert old in BASE
    return BASE.replace(old, new)


@cache
def _graph(spec: str) -> Mapping[str, Declared]:
    """Made once for all tests, which only read it."""
    plan = plan_of_text(spec)
    ours = (each for each in graph(plan) if each.type.startswith("aws:"))
    return {f"{each.type.rpartition(':')[2]} {each.name}": each for each in ours}


def _differing(before: Mapping[str, Declared], after: Mapping[str, Declared]) -> set[str]:
    keys = {
        key
        for key in set(before) | set(after)
        if key not in before or key not in after or _lasting(before[key]) != _lasting(after[key])
    }
    return {FILES if key.startswith("BucketObjectv2") and "-gateway-" in key else _part(key) for key in keys}


def _part(key: str) -> str:
    kind, _, name = key.partition(" ")
    for region in REGIONS:
        name = name.removeprefix(region).replace(f"to-{region[:-1]}", "to-other")
        name = name.removesuffix(f"-{region.removeprefix('aws-')[:-1]}")
    return f"{kind} {name.removeprefix('aws-').removeprefix('secrets-')}"


def _lasting(resource: Declared) -> tuple[object, object]:
    inputs = dict(resource.inputs)
    tags = inputs.pop("tags", {})
    listed = {each["key"]: each["value"] for each in tags} if isinstance(tags, list) else tags
    inputs["tags"] = {key: value for key, value in listed.items() if key != DIGEST}
    return inputs, resource.options
