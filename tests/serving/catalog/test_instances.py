"""The instance types: every one is whole, and the regions agree with what else the catalog says of them."""

from __future__ import annotations

import pytest

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.instances import instance_types, instances_in, zones_offering
from llmdeploy.serving.catalog.prices import price
from llmdeploy.serving.catalog.regions import cloud_regions, gpus_offered

PROVIDERS = ["aws", "gcp", "azure"]
EVERY = [one for provider in PROVIDERS for one in instance_types(provider).values()]


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_an_instance_type_is_whole(one):
    gpu = gpus()[one.gpu]
    assert one.provider in gpu.providers
    assert one.gpus in {1, 2, 4, 8}
    assert one.vcpus >= 4
    assert one.memory_gib >= 15
    assert one.on_demand or one.spot
    assert one.source
    assert one.checked >= "2026"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_gpu_of_a_cloud_has_an_instance_type(provider):
    rented = {one.gpu for one in instance_types(provider).values()}
    assert rented == {gpu.name for gpu in gpus().values() if provider in gpu.providers}


@pytest.mark.parametrize(
    "region", [f"{cloud}/{name}" for cloud in PROVIDERS for name in cloud_regions(cloud)]
)
def test_offerings_agree_with_the_regions(region):
    offered = instances_in(region)
    known = gpus_offered(region)
    if known is not None:
        assert {one.gpu for one in offered} == set(known)
    for one in offered:
        assert all(zone.startswith(region.partition("/")[2]) for zone in zones_offering(region, one.name))
        # Azure ML chooses the zones of its endpoints by itself.
        assert zones_offering(region, one.name) or region.startswith("azure/")


def test_zones_are_named_as_their_cloud_names_them():
    assert zones_offering("aws/us-east-1", "g6e.12xlarge")[0] == "us-east-1a"
    assert zones_offering("gcp/us-central1", "g2-standard-4")[0] == "us-central1-a"


def test_what_is_not_known_is_empty():
    assert instances_in("aws/mars-north-1") == ()
    assert instances_in("local/a") == ()
    assert zones_offering("aws/us-east-1", "g99.huge") == ()
    assert instance_types("local") == {}


@pytest.mark.parametrize(
    ("name", "gpu", "count", "memory"),
    [("g6.xlarge", "l4", 1, 16), ("g6e.12xlarge", "l40s", 4, 384), ("p5.48xlarge", "h100", 8, 2048)],
)
def test_shapes_that_a_specialist_knows(name, gpu, count, memory):
    one = instance_types("aws")[name]
    assert (one.gpu, one.gpus, one.memory_gib) == (gpu, count, memory)


def test_gpus_that_google_sells_only_by_queue_or_spot():
    types = instance_types("gcp")
    assert {name for name, one in types.items() if not one.on_demand} == {
        "a3-highgpu-1g",
        "a3-highgpu-2g",
        "a3-highgpu-4g",
        "a3-ultragpu-8g",
        "a4-highgpu-8g",
    }


def test_azures_sizes_are_those_of_the_service_and_have_prices_where_they_are_offered():
    types = instance_types("azure")
    assert (types["Standard_NC48ads_A100_v4"].gpu, types["Standard_NC48ads_A100_v4"].gpus) == ("a100-80gb", 2)
    assert not any(one.spot for one in types.values())
    for region in cloud_regions("azure"):
        for one in instances_in(f"azure/{region}"):
            assert price(f"azure/{region}", one.name, "on-demand") is not None
            assert zones_offering(f"azure/{region}", one.name) == ()
