"""The tables of instances and prices agree with each other, and no row is one that cannot be."""

from __future__ import annotations

from collections import defaultdict

import pytest

from llmdeploy.serving.catalog.api_prices import api_prices
from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.instances import instance_types, instances_in, zones_offering
from llmdeploy.serving.catalog.managed import managed_prices
from llmdeploy.serving.catalog.models import catalog_models
from llmdeploy.serving.catalog.prices import nonsense, price, priced_regions, prices_in
from llmdeploy.serving.catalog.regions import cloud_regions

CLOUDS = ("aws", "gcp")


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_instance_has_gpus_that_the_catalog_knows(cloud: str) -> None:
    for instance in instance_types(cloud).values():
        assert instance.gpu in gpus()
        assert instance.gpus in (1, 2, 4, 8)
        assert instance.vcpus > 0
        assert instance.memory_gib > 0
        assert instance.source
        assert instance.checked


@pytest.mark.parametrize("cloud", CLOUDS)
def test_no_price_makes_no_sense(cloud: str) -> None:
    """A spot price above the on-demand price marks a mis-filed row, as Google's DWS prices often are."""
    for region in priced_regions(cloud):
        rows: dict[str, dict[str, float]] = defaultdict(dict)
        for found in prices_in(region):
            rows[found.instance][found.purchase] = found.hourly_usd
            assert found.source
            assert found.checked
        for instance, usd in rows.items():
            assert nonsense(usd) == "", f"{region} {instance}"
            assert instance in instance_types(cloud)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_prices_are_of_regions_that_there_are(cloud: str) -> None:
    assert {region.partition("/")[2] for region in priced_regions(cloud)} <= set(cloud_regions(cloud))


def test_prices_and_offers_of_the_sourced_facts() -> None:
    """cloud.md section E: Karpenter's table of 2026-07-20, and EC2's offerings in moto 5.2.5."""
    l4 = price("aws/us-east-1", "g6.xlarge", "on-demand")
    assert l4 is not None
    assert (l4.hourly_usd, l4.estimated) == (0.8048, False)
    h100 = price("aws/us-east-1", "p5.48xlarge", "on-demand")
    assert h100 is not None
    assert h100.hourly_usd == 55.04
    assert "l40s" not in {instance.gpu for instance in instances_in("aws/eu-west-1")}
    assert len(zones_offering("aws/us-east-1", "g6e.xlarge")) == 4


def test_managed_and_api_prices_name_what_the_catalog_knows() -> None:
    assert managed_prices()
    for managed in managed_prices():
        assert managed.gpu in gpus()
        assert 0 < managed.hourly_usd < 1000
    assert api_prices()
    for api in api_prices():
        assert api.model in catalog_models()
        assert 0 <= api.input_usd < 1000
        assert 0 < api.output_usd < 1000


def test_nonsense_is_said() -> None:
    assert nonsense({"on-demand": 1.0, "spot": 0.3}) == ""
    assert nonsense({"on-demand": 1.846, "spot": 1.964}) == "on-demand 1.846 below spot 1.964"
    assert nonsense({"on-demand": -1.0}) == "on-demand price -1.0 USD an hour"
