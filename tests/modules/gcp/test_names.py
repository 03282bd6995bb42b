"""Names and addresses that others rely on, and rules on their own."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.modules.gcp.golden import CASES
from tests.modules.gcp.program import plan_of
from tests.modules.gcp.recorder import declared_by

from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.address_space import REGIONS, address_space
from llmdeploy.modules.gcp.armor import requests_per_minute
from llmdeploy.modules.gcp.gateway import gateway_machine
from llmdeploy.modules.gcp.image_name import cached_image, registry
from llmdeploy.modules.gcp.public_dns import public_zone
from llmdeploy.serving.catalog.regions import cloud_regions
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.plan.gateway import GatewayTierPlan
from llmdeploy.serving.plan.model import Slot

STACKS = st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True).filter(lambda name: len(name) <= 80)


@given(
    STACKS,
    st.sampled_from(REGIONS),
    st.sampled_from([names.NODE, names.GATEWAY, names.STAND_IN]),
    st.sampled_from(get_args(Slot)),
)
def test_physical_names_fit_google(stack: str, location: str, role: str, slot: Slot) -> None:
    assert re.fullmatch(r"[a-z]([-a-z0-9]{0,56}[a-z0-9])?", names.base_instance(stack, location, role, slot))
    assert re.fullmatch(r"[a-z][-a-z0-9]{4,28}[a-z0-9]", names.account_id(stack, role))
    assert re.fullmatch(r"[A-Za-z0-9_.]{3,64}", names.watcher_role(stack))
    assert re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", names.image_repository(stack, "ghcr.io"))


def test_a_long_name_does_not_make_two_deployments_one() -> None:
    long = "a-very-long-name-of-a-deployment"
    assert names.account_id(f"{long}-dev", "node") != names.account_id(f"{long}-prod", "node")
    assert names.watcher_role(f"{long}-of-many-words-dev") != names.watcher_role(f"{long}-of-many-words-prod")
    assert names.base_instance(f"{long}-dev", "northamerica-northeast1", "gateway") != names.base_instance(
        f"{long}-prod", "northamerica-northeast1", "gateway"
    )


def test_every_region_of_the_catalog_has_addresses() -> None:
    assert set(cloud_regions("gcp")) <= set(REGIONS)
    assert len(set(REGIONS)) == len(REGIONS)


def test_addresses_are_never_dealt_out_anew() -> None:
    """A moved region loses its subnets, and all that is in them."""
    assert {
        each: address_space(each).instances for each in ("us-central1", "europe-west4", "africa-south1")
    } == {
        "us-central1": "10.0.0.0/20",
        "europe-west4": "10.21.0.0/20",
        "africa-south1": "10.42.0.0/20",
    }
    assert address_space("europe-west4").proxies == "10.21.16.0/23"
    assert address_space("europe-west4").fleets == {"blue": "10.21.15.250", "green": "10.21.15.251"}


def test_a_region_without_addresses_is_an_error_with_its_mend() -> None:
    with pytest.raises(LlmdeployError) as refused:
        address_space("mars-north1")
    assert str(refused.value) == (
        "gcp/mars-north1 has no addresses in the deployment's network; "
        "use another region, or append it to REGIONS in modules/gcp/address_space.py"
    )


@pytest.mark.parametrize(
    ("image", "host", "cached"),
    [
        ("vllm/vllm-openai", "docker.io", "chat-docker-io/vllm/vllm-openai"),
        ("nginx", "docker.io", "chat-docker-io/library/nginx"),
        ("docker.io/lmsysorg/sglang", "docker.io", "chat-docker-io/lmsysorg/sglang"),
        ("nvcr.io/nvidia/tritonserver", "nvcr.io", "chat-nvcr-io/nvidia/tritonserver"),
        ("localhost:5000/own/server", "localhost:5000", "chat-localhost-5000/own/server"),
    ],
)
def test_where_an_image_is_cached(image: str, host: str, cached: str) -> None:
    assert registry(image) == host
    found = cached_image(image, "sha256:00", "acme", "europe-west4", "chat")
    assert found == f"europe-west4-docker.pkg.dev/acme/{cached}@sha256:00"


@pytest.mark.parametrize(
    ("vcpu", "memory_gib", "machine"),
    [(1, 2, "e2-standard-2"), (2, 8, "e2-standard-2"), (2, 9, "e2-standard-4"), (64, 1, "e2-standard-8")],
)
def test_the_gateways_machine(vcpu: float, memory_gib: float, machine: str) -> None:
    tier = GatewayTierPlan(least=2, most=2, vcpu=vcpu, memory_gib=memory_gib)
    assert gateway_machine(tier).name == machine


def test_one_address_may_ask_for_a_multiple_of_what_there_is() -> None:
    assert requests_per_minute(plan_of(CASES / "one-region.yaml")) == 6000
    plan = plan_of(CASES / "domain.yaml")
    answered = sum(
        60 * each.hardware.speed.requests_per_second * each.max_replicas
        for each in plan.regions
        if each.hardware
    )
    assert 4 * answered <= requests_per_minute(plan) <= max(6000, 4 * answered + 1000)


@pytest.mark.parametrize(
    ("domain", "zone"),
    [("chat.example.com", "inner"), ("example.com", "outer"), ("chat.example.org", "")],
)
def test_the_closest_zone_holds_the_domain(domain: str, zone: str) -> None:
    found: list[str] = []

    def ask() -> None:
        try:
            found.append(public_zone(domain, "acme"))
        except LlmdeployError as refused:
            found.append(str(refused))

    declared_by(ask, {"outer": "example.com.", "inner": "chat.example.com.", "else": "ample.com."})
    missing = (
        "project acme has no public DNS zone that holds chat.example.org; create it in Cloud DNS and point "
        "the domain's name servers to it, or leave routing.domain out"
    )
    assert found == [zone or missing]
