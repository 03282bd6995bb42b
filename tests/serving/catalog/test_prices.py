"""Prices: each makes sense and says where it is from; the user's own come first."""

from __future__ import annotations

import json

import pytest

from llmdeploy.serving.catalog.instances import instance_types
from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.catalog.managed_prices import managed_price, managed_prices
from llmdeploy.serving.catalog.prices import BadPriceTable, nonsense, price, priced_regions, prices_in

PROVIDERS = ["aws", "gcp"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_on_demand_price_of_what_is_not_sold_on_demand(provider):
    for region in priced_regions(provider):
        for one in prices_in(region):
            if one.purchase == "on-demand":
                assert instance_types(provider)[one.instance].on_demand


@pytest.mark.parametrize(
    ("region", "instance", "usd"),
    [
        ("aws/us-east-1", "g6.xlarge", 0.8048),
        ("aws/us-east-1", "g6e.12xlarge", 10.49264),
        ("aws/us-east-1", "p5.48xlarge", 55.04),
        ("aws/eu-central-1", "g6.xlarge", 1.0064),
        ("gcp/us-east1", "g2-standard-4", 0.70683),
        ("gcp/us-east4", "a3-highgpu-8g", 87.83248),
    ],
)
def test_list_prices(region, instance, usd):
    found = price(region, instance, "on-demand")
    assert found.hourly_usd == pytest.approx(usd)
    assert not found.estimated


def test_a_price_from_another_region_is_an_estimate_and_says_so():
    found = price("gcp/us-west4", "a3-highgpu-8g", "on-demand")
    assert found.estimated
    assert "ratio" in found.source
    assert found.hourly_usd > price("gcp/us-east4", "a3-highgpu-8g", "on-demand").hourly_usd


def test_no_price_where_none_is_known():
    assert price("aws/us-east-1", "g99.huge", "on-demand") is None
    assert price("gcp/us-central1", "g4-standard-48", "on-demand") is None
    assert price("local/a", "g6.xlarge", "spot") is None
    assert list(prices_in("aws/mars-north-1")) == []


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ({"on-demand": 3.67, "spot": 1.8}, ""),
        ({"on-demand": 2.0, "spot": 2.0}, ""),
        ({"on-demand": 1.846, "spot": 1.964}, "on-demand 1.846 below spot 1.964"),
        ({"spot": 0.0}, "spot price 0.0 USD an hour"),
        ({"on-demand": -1.0}, "on-demand price -1.0 USD an hour"),
        ({"on-demand": float("nan")}, "on-demand price nan USD an hour"),
        ({"on-demand": 700_000.0}, "on-demand price 700000.0 USD an hour"),
    ],
)
def test_nonsense(rows, reason):
    assert nonsense(rows) == reason


def test_refreshed_prices_come_first(tmp_path):
    table = {
        "sources": [{"source": "today's list", "checked": "2026-12-01"}],
        "regions": {"us-east-1": {"g6.xlarge": {"on-demand": 0.9}}},
    }
    (tmp_path / "prices-aws.json").write_text(json.dumps(table))
    found = price("aws/us-east-1", "g6.xlarge", "on-demand", tmp_path)
    assert (found.hourly_usd, found.source, found.checked) == (0.9, "today's list", "2026-12-01")
    assert price("aws/us-west-2", "g6.xlarge", "on-demand", tmp_path).hourly_usd == 0.8048
    assert price("aws/us-east-1", "g6.xlarge", "on-demand").hourly_usd == 0.8048


@pytest.mark.parametrize("text", ["", "{", "[]", '{"regions": {}}', '{"regions": [], "sources": []}'])
def test_a_damaged_table_names_the_file_and_the_mend(tmp_path, text):
    file = tmp_path / "prices-aws.json"
    file.write_text(text)
    with pytest.raises(BadPriceTable) as caught:
        price("aws/us-east-1", "g6.xlarge", "on-demand", tmp_path)
    assert caught.value.problem == f"{file}: not a table of prices"
    assert caught.value.mend == "delete it, and the catalog's own prices are used"


def test_a_managed_list_price():
    found = managed_price("sagemaker", "aws/us-west-2", "ml.p5.48xlarge")
    assert (found.hourly_usd, found.estimated, found.gpus) == (63.296, False, 8)


def test_a_managed_price_of_another_region_is_estimated_from_ec2():
    found = managed_price("sagemaker", "aws/eu-central-1", "ml.g6e.12xlarge")
    assert found.estimated
    assert found.hourly_usd == pytest.approx(13.12002 * 1.25, rel=1e-4)
    assert "EC2" in found.source


def test_the_ratio_of_sagemaker_holds_for_its_list_prices():
    # Each row is EC2's price times the ratio, to the cent that the price list is rounded to.
    for row in managed_prices():
        if row.service == "sagemaker":
            instance = row.unit.removeprefix("ml.")
            kind = 1.15 if instance[0] == "p" else 1.4 if instance.endswith(".xlarge") else 1.25
            machine = price(row.region, instance, "on-demand")
            assert row.hourly_usd == pytest.approx(machine.hourly_usd * kind, rel=0.01)


def test_a_price_of_vertex_is_estimated_from_the_machines():
    found = managed_price("vertex", "gcp/us-east1", "g2-standard-4")
    assert found.service == "vertex"
    assert found.estimated
    assert found.hourly_usd == pytest.approx(0.70683 * 1.15, abs=1e-4)
    assert "from memory, unverified" in found.source


def test_no_managed_price_where_none_is_known():
    assert managed_price("vertex", "gcp/us-central1", "g4-standard-48") is None
    assert managed_price("sagemaker", "aws/eu-west-1", "ml.p6-b300.48xlarge") is None


def test_units_of_a_service_of_its_own_have_only_the_prices_that_are_written_down():
    found = managed_price("cloud-run", "gcp/europe-west4", "nvidia-l4")
    assert found.estimated
    assert "us-central1's" in found.source
    assert managed_price("bedrock", "aws/eu-central-1", "custom model unit").hourly_usd == pytest.approx(
        0.07144 * 60
    )
    assert managed_price("cloud-run", "gcp/europe-west1", "g2-standard-4") is None
    assert managed_price("bedrock", "aws/eu-west-1", "custom model unit") is None


def test_what_the_services_do_not_rent_has_no_name_there():
    assert managed_service("sagemaker").unit("gr6.4xlarge") is None
    assert managed_service("sagemaker").unit("g6.xlarge") == "ml.g6.xlarge"
    assert managed_service("sagemaker").instance("ml.g6.xlarge") == "g6.xlarge"
    assert managed_service("vertex").unit("g2-standard-4") == "g2-standard-4"


def test_the_price_that_its_source_has_under_another_region_is_an_estimate():
    assert price("gcp/us-central1", "a2-ultragpu-1g", "on-demand").estimated
    assert not price("gcp/us-east5", "a2-ultragpu-1g", "on-demand").estimated


def test_prices_of_a_queue_are_no_on_demand_prices():
    """Google lists DWS under on-demand names: 33.606 for eight H100, the same in seven regions."""
    for region in priced_regions("gcp"):
        found = price(region, "a3-highgpu-8g", "on-demand")
        assert found is None or found.hourly_usd > 70


def test_a4_is_priced_as_spot_where_its_source_has_it():
    assert price("gcp/us-central1", "a4-highgpu-8g", "spot").hourly_usd == pytest.approx(32.6064)
    assert price("gcp/asia-northeast1", "a4-highgpu-8g", "spot").hourly_usd == pytest.approx(39.128)
    assert price("gcp/us-central1", "a4-highgpu-8g", "on-demand") is None
