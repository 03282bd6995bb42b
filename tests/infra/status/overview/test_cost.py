"""What runs now, at the prices of the catalog or the user's own, for the hours that it has run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.infra.fleet.world import AWS, GCP, TWO, make_plan
from tests.infra.status.overview.world import HOUR_S, NOW, instance, state

from llmdeploy.infra.fleet.inventory import CloudInstance
from llmdeploy.infra.status.overview.cloud import CloudRegion, CloudVersion
from llmdeploy.infra.status.overview.cloud_question import unasked
from llmdeploy.infra.status.overview.cost import cost_so_far
from llmdeploy.serving.catalog.prices import own_file, price
from llmdeploy.serving.cost.rows import entry_rows, fixed_rows
from llmdeploy.serving.errors import LlmdeployError

PLAN = make_plan(TWO)
OWN_PRICE = 2.0


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """The user's own price of one instance, on demand and spot."""
    row = {"on-demand": OWN_PRICE, "spot": OWN_PRICE / 4}
    sources = [{"source": "our contract", "checked": "2026-11-01"}]
    table = {"sources": sources, "regions": {"us-east-1": {"g6.xlarge": row}}}
    own_file(tmp_path, "aws").write_text(json.dumps(table))
    return tmp_path


def region(*instances: CloudInstance, name: str = AWS) -> CloudRegion:
    count = len(instances)
    version = CloudVersion("a", "own", 0, "healthy", count, count, count, None, instances)
    return CloudRegion(name, "healthy", (version,), 2, 2)


def fixed(name: str) -> float:
    return sum(row.least_usd for row in fixed_rows(PLAN.region(name)))


def entry() -> float:
    return sum(row.least_usd for row in entry_rows(PLAN.regions, PLAN.domain))


def test_instances_by_the_hours_that_they_have_run(catalog: Path) -> None:
    seen = [region(instance("i-1", hours=10), instance("i-2", hours=2, purchase="spot"))]
    cost = cost_so_far(seen, PLAN, state(), catalog, NOW)
    assert cost is not None
    assert cost.instances_hourly_usd == pytest.approx(OWN_PRICE + OWN_PRICE / 4)
    assert cost.hourly_usd == pytest.approx(cost.instances_hourly_usd + fixed(AWS) + entry())
    # Without the time of the first `up` only the instances' own hours are known.
    assert cost.so_far_usd == pytest.approx(10 * OWN_PRICE + 2 * OWN_PRICE / 4)
    assert cost.since is None


def test_the_rest_since_the_region_was_made(catalog: Path) -> None:
    since = {"aws-us-east-1-facts": NOW - 3 * HOUR_S}
    known = state(first_up=NOW - 5 * HOUR_S, regions_since=since)
    cost = cost_so_far([region(instance("i-1", hours=1))], PLAN, known, catalog, NOW)
    assert cost is not None
    assert cost.so_far_usd == pytest.approx(OWN_PRICE + 3 * fixed(AWS) + 5 * entry())
    assert cost.since == NOW - 5 * HOUR_S
    assert fixed(AWS) > 0


def test_the_catalog_s_price_without_an_own_one(tmp_path: Path) -> None:
    hardware = PLAN.region(AWS).hardware
    assert hardware is not None
    seen = [region(instance("i-1", type=hardware.instance))]
    cost = cost_so_far(seen, PLAN, state(), tmp_path, NOW)
    assert cost is not None
    assert cost.instances_hourly_usd == pytest.approx(hardware.hourly_usd)


def test_an_instance_without_a_price_is_named(tmp_path: Path) -> None:
    cost = cost_so_far([region(instance("i-1", type="x9.huge"))], PLAN, state(), tmp_path, NOW)
    assert cost is not None
    assert cost.unpriced == (f"x9.huge in {AWS}",)
    assert cost.instances_hourly_usd == 0


def test_a_region_that_was_not_asked_is_named(catalog: Path) -> None:
    seen = [region(instance("i-1")), unasked(GCP, LlmdeployError("no answer"))]
    cost = cost_so_far(seen, PLAN, state(), catalog, NOW)
    assert cost is not None
    assert cost.unasked == (GCP,)


def test_nothing_is_said_where_no_cloud_could_be_asked(tmp_path: Path) -> None:
    silent = [unasked(name, LlmdeployError("no answer")) for name in (AWS, GCP)]
    assert cost_so_far(silent, PLAN, state(), tmp_path, NOW) is None


def test_an_instance_with_its_gpus_apart(tmp_path: Path) -> None:
    """Google tells of the machine alone; the plan says which GPUs it has."""
    name = "n1-standard-4+1xt4"
    listed = price(GCP, name, "on-demand")
    assert listed is not None
    here = PLAN.region(GCP)
    assert here.hardware is not None
    with_t4 = here.model_copy(update={"hardware": here.hardware.model_copy(update={"instance": name})})
    plan = PLAN.model_copy(update={"regions": (PLAN.region(AWS), with_t4)})
    seen = [region(instance("g-1", type="n1-standard-4", zone="europe-west4-a"), name=GCP)]
    cost = cost_so_far(seen, plan, state(), tmp_path, NOW)
    assert cost is not None
    assert (cost.unpriced, cost.instances_hourly_usd) == ((), pytest.approx(listed.hourly_usd))
