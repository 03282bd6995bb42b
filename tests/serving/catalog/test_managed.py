"""The clouds' own services: every row has a source, and the rows agree with the other tables."""

from __future__ import annotations

from typing import get_args

import pytest

from llmdeploy.cli.render.managed_services import SHOWN
from llmdeploy.serving.catalog.frameworks import framework_facts
from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.managed import SERVICES, frame_facts, managed_service, services_that_can
from llmdeploy.serving.catalog.managed_prices import managed_price, managed_prices
from llmdeploy.serving.catalog.regions import cloud_regions
from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.rules.managed_features import WORDS
from llmdeploy.serving.spec.managed import Service


def test_every_service_that_a_spec_can_name_has_its_rows() -> None:
    assert set(SERVICES) == set(get_args(Service))
    assert {*read_table("managed-services")} == {*SERVICES, "sources"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_fact_has_words_and_a_source(name: Service) -> None:
    service = managed_service(name)
    for fact in (*frame_facts(name).values(), *service.facts.values()):
        assert fact.text
        assert fact.source
        assert fact.checked
    for feature, fact in service.features.items():
        assert fact.source
        assert fact.can or fact.text, feature


@pytest.mark.parametrize("name", SERVICES)
def test_services_say_the_same_things(name: Service) -> None:
    service = managed_service(name)
    assert list(service.features) == list(WORDS) == list(SHOWN)
    assert {"payload", "answer", "stream", "start", "cold start", "billing", "auth", "failover"} <= set(
        service.facts
    )


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_names_is_in_the_other_tables(name: Service) -> None:
    service = managed_service(name)
    assert set(service.locations or ()) <= set(cloud_regions(service.provider))
    assert set(service.gpus) <= set(gpus())
    assert all(service.provider in gpus()[gpu].providers for gpu in service.gpus)
    assert all(framework_facts(framework).name for framework in service.frameworks)


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_of_its_own_has_a_price_wherever_the_service_is(name: Service) -> None:
    service = managed_service(name)
    for unit in service.own_units:
        assert unit.gpu in gpus()
        for region in service.regions or ():
            assert managed_price(name, region, unit.name) is not None


def test_sagemaker_is_where_the_registries_of_its_containers_are() -> None:
    accounts = read_table("sagemaker-images")["accounts"]
    known = {*accounts["same"], *accounts["others"]} & set(cloud_regions("aws"))
    assert set(managed_service("sagemaker").locations or ()) == known


def test_what_is_not_in_a_region_says_so() -> None:
    assert managed_service("vertex").is_in("gcp/europe-west3")
    assert not managed_service("vertex").is_in("aws/us-east-1")
    assert not managed_service("cloud-run").is_in("gcp/europe-west3")
    assert services_that_can("gcp", "scale-to-zero") == ("cloud-run",)


def test_every_price_is_of_a_service() -> None:
    assert {row.service for row in managed_prices()} <= set(SERVICES)
