"""One thing changed in the spec: what differs, and what is replaced for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest
from tests.modules.declared import Declared, differing_paths
from tests.modules.gcp.program import graph, plan_of_text

from llmdeploy.infra.simulate.schema import replaces

BASE = """\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
hardware: {gpu: l4, count: 1}
scaling: {min: 1, max: 2}
regions: [gcp/us-central1, gcp/europe-west4]
routing: {policy: nearest}
budget: {hourly_usd: 100}
"""
DIGEST = "llmdeploy-spec-digest"

CHANGES = {
    "budget: {hourly_usd: 100}|budget: {hourly_usd: 90}": set(),
    "min: 1, max: 2|min: 1, max: 3": {
        "gcp-us-central1-load",
        "gcp-europe-west4-load",
    },
    "min: 1, max: 2|min: 2, max: 2": {
        "gcp-us-central1-load",
        "gcp-europe-west4-load",
        "gcp-us-central1-pool-group",
        "gcp-europe-west4-pool-group",
        "GATEWAY FILES",
    },
    "policy: nearest|policy: failover": {"GATEWAY FILES"},
    "policy: nearest|policy: nearest, auth: none": {
        "GATEWAY FILES",
        "gcp-secrets-keys",
        "gcp-secrets-keys-version",
        "gcp-secrets-keys-gateway-reader",
    },
    "framework: vllm|framework: sglang": {
        "GATEWAY FILES",
        "gcp-us-central1-pool-template",
        "gcp-europe-west4-pool-template",
    },
    "name: chat|name: chat\nprotected: true": {
        "gcp-us-central1-bucket-objects",
        "gcp-europe-west4-bucket-objects",
        "gcp-secrets-keys",
    },
    "quantization: fp8|quantization: none": {
        "GATEWAY FILES",
        "gcp-us-central1-pool-template",
        "gcp-europe-west4-pool-template",
    },
    "policy: nearest|policy: nearest, domain: chat.example.com": {
        "gcp-certificate-given",
        "gcp-certificate-proof",
        "gcp-certificate-managed",
        "gcp-certificate-map",
        "gcp-certificate-entry",
        "gcp-dns",
        "gcp-dns-domain",
        "gcp-dns-proof",
        "gcp-front-proxy",
        "gcp-front-gcp-us-central1-proxy",
        "gcp-front-gcp-europe-west4-proxy",
        "gcp-observability-uptime",
        "gcp-observability-unreachable",
        "GATEWAY FILES",
    },
}
"""What is changed into what → the resources whose inputs differ, beside the digest in labels."""


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
    assert _differing(before, after) == {"gcp-us-central1-adapters", "gcp-europe-west4-adapters"}
    wide = _graph(changing % ", {name: b, source: x/b, rank: 64}")
    assert "gcp-us-central1-pool-template" in _differing(before, wide), "more room is another command"


def test_the_digest_of_the_spec_replaces_nothing() -> None:
    """Every change of a spec changes the digest: in a template it would replace the fleet."""
    before = _graph(BASE)
    after = _graph(_changed("hourly_usd: 100|hourly_usd: 90"))
    touched = [name for name in before if before[name].inputs != after[name].inputs]
    assert touched
    for name in touched:
        for property_name in ("labels", "userLabels"):
            assert not replaces(before[name].type, property_name), name
            assert not replaces(before[name].type, f"{property_name}.{DIGEST}"), name


def test_a_new_region_touches_no_fleet_of_another() -> None:
    before = _graph(BASE)
    after = _graph(_changed("gcp/europe-west4]|gcp/europe-west4, gcp/asia-east1]"))
    touched = _differing({name: after[name] for name in before}, before)
    assert touched == {
        "gcp-network-balancers-to-fleets",
        "gcp-network-gateways-to-fleets",
        "gcp-network-fleet",
        "gcp-front-backend",
        "gcp-observability-dashboard",
        "gcp-observability-no-capacity",
        "GATEWAY FILES",
    }
    for name in touched - {"GATEWAY FILES"}:
        changed = differing_paths("", before[name].inputs, after[name].inputs)
        assert changed
        assert not [path for path in changed if replaces(before[name].type, path)], name


def test_no_region_waits_for_another() -> None:
    found = _graph(BASE)
    for one, other in (("us-central1", "europe-west4"), ("europe-west4", "us-central1")):
        own = [each for name, each in found.items() if name.startswith(f"gcp-{one}-")]
        assert own
        assert not [each.name for each in own for needed in each.needs if needed.startswith(f"gcp-{other}")]


def test_no_region_needs_anything_of_another() -> None:
    """Its resources are the same as if it were alone, but for what its gateways know of the others."""
    both = _graph(BASE)
    alone = _graph(_changed("[gcp/us-central1, gcp/europe-west4]|[gcp/us-central1]"))
    own = {name: each for name, each in both.items() if name.startswith("gcp-us-central1-")}
    known = {name: each for name, each in alone.items() if name.startswith("gcp-us-central1-")}
    assert _differing(own, known) == {"GATEWAY FILES"}


def _changed(change: str) -> str:
    old, _, new = change.partition("|")
    assert old in BASE
    return BASE.replace(old, new)


@cache
def _graph(spec: str) -> Mapping[str, Declared]:
    """Made once for all tests, which only read it."""
    plan = plan_of_text(spec)
    return {each.name: each for each in graph(plan)}


def _differing(before: Mapping[str, Declared], after: Mapping[str, Declared]) -> set[str]:
    names = {
        name
        for name in set(before) | set(after)
        if name not in before or name not in after or _lasting(before[name]) != _lasting(after[name])
    }
    return {"GATEWAY FILES" if "-bucket-gateway-" in name else name for name in names}


def _lasting(resource: Declared) -> tuple[object, object]:
    inputs = dict(resource.inputs)
    for labels in ("labels", "userLabels"):
        if labels in inputs:
            inputs[labels] = {key: value for key, value in inputs[labels].items() if key != DIGEST}
    return inputs, resource.options
