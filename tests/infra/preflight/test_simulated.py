"""The simulated clouds answer the same questions, with real offline data and the faults that are set."""

from __future__ import annotations

import pytest

from llmdeploy.infra.preflight.clouds.simulated import simulated_clients
from llmdeploy.infra.preflight.images import AWS_PARAMETER, GCP_FAMILY, GCP_PROJECT
from llmdeploy.infra.preflight.plan_tasks import Preflight
from llmdeploy.infra.preflight.run import run_preflight
from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.lookups.answer import answer
from llmdeploy.infra.simulate.lookups.ask import Ask
from llmdeploy.infra.simulate.store import Store

LINES = "regions: [aws/us-east-1, gcp/us-central1]\nhardware: {gpu: l4, purchase: spot}"


@pytest.fixture
def report_of(make_plan, tmp_path):
    def make(lines=LINES, clouds=None, allow=()):
        folder = tmp_path / "simulated"
        if clouds is not None:
            clouds(SimulatedClouds(folder))
        asked = Preflight(make_plan(lines), simulated_clients(folder), tmp_path)
        return run_preflight(asked, allow=allow)

    return make


def test_plenty_of_everything(report_of):
    report = report_of()
    assert report.ok
    assert report.simulated
    assert {each.verdict for each in report.findings} == {"ok"}
    assert next(iter(report.pins.zones.values()))[0] == "us-east-1a"
    assert report.pins.machine_images["aws/us-east-1"].startswith("ami-")
    digests = report.pins.images.values()
    assert len(set(digests)) == 3
    assert all(digest.startswith("sha256:") for digest in digests)


def test_a_quota_fault_is_the_value_of_the_quota(report_of):
    def faults(clouds):
        clouds.add_fault(Fault("quota", type="L-3819A6DF", region="us-east-1", limit=2))
        clouds.add_fault(Fault("quota", type="PREEMPTIBLE_NVIDIA_L4_GPUS", limit=1))

    hard, soft = report_of(clouds=faults).failed
    assert (hard.where, hard.has, hard.soft) == ("aws/us-east-1", "2 of 2 free", False)
    assert (soft.where, soft.has, soft.soft) == ("gcp/us-central1", "1 of 1 free", True)


def test_a_fault_elsewhere_changes_nothing(report_of):
    assert report_of(
        clouds=lambda clouds: clouds.add_fault(Fault("quota", "L-3819A6DF", region="eu-west-1"))
    ).ok


def test_no_capacity_lowers_the_spot_score(report_of):
    def faults(clouds):
        clouds.add_fault(Fault("capacity", type="g6.xlarge", region="us-east-1"))

    (failed,) = report_of(clouds=faults).failed
    assert (failed.check, failed.has) == ("spot", "score 1 of 10")
    assert report_of(allow=["spot"]).ok


def test_a_domain_needs_a_zone_that_the_simulation_was_told_of(report_of):
    lines = LINES + "\nrouting: {domain: chat.example.com}"
    assert [each.check for each in report_of(lines).failed] == ["domain"]
    zones = [{"name": "example.com", "id": "Z1"}, {"name": "chat.example.com", "id": "Z2", "private": True}]
    report = report_of(lines, clouds=lambda clouds: clouds.set("hosted_zones", zones))
    assert [each.has for each in report.findings if each.check == "domain"] == ["example.com"]


def test_the_account_of_the_simulation(report_of):
    report = report_of(clouds=lambda clouds: clouds.set("account", "999999999999"))
    assert [each.has for each in report.findings if each.check == "credentials"] == [
        "simulated in 999999999999",
        "simulated in simulated-project",
    ]


def test_machine_images_are_those_that_the_simulations_data_sources_answer(report_of, tmp_path):
    store = Store(tmp_path / "store")
    image = Ask({"project": GCP_PROJECT, "family": GCP_FAMILY}, Place(), store)
    parameter = Ask({"name": AWS_PARAMETER, "region": "us-east-1"}, Place(), store)
    assert report_of().pins.machine_images == {
        "aws/us-east-1": answer("aws:ssm/getParameter:getParameter", parameter)["value"],
        "gcp/us-central1": answer("gcp:compute/getImage:getImage", image)["selfLink"],
    }
    store.close()
