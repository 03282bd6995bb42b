"""What the clouds say of each region and version, and of those that cannot be asked."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from tests.infra.fleet.world import AWS, FACTS, GCP, NO_CAPACITY, TWO, make_plan
from tests.infra.status.overview.world import FakeCloud, clients, instance, inventory

from llmdeploy.infra.fleet import FleetLook
from llmdeploy.infra.fleet.client import VersionLook
from llmdeploy.infra.fleet.inventory import CloudClients, Inventory
from llmdeploy.infra.preflight.clouds.errors import NoCredentials
from llmdeploy.infra.status.deployed import Version
from llmdeploy.infra.status.overview.cloud import CloudRegion, cloud_view
from llmdeploy.infra.status.overview.cloud_clients import CloudQuestions
from llmdeploy.infra.status.overview.cloud_question import RegionQuestion

OWN = Version("aaaaaaaaaaaa", "own", 2)
CANARY = Version("bbbbbbbbbbbb", "canary", 1, percent=25)
GOOD = FleetLook(2, 2, 2)
TWO_RUN = {"fleet": inventory("i-1", "i-2"), "pool": inventory("g-1", "g-2")}


def question(name: str = AWS, *versions: Version, **facts: Any) -> RegionQuestion:
    return RegionQuestion(name, "chat", {**FACTS[name], **facts}, versions or (OWN,), 2)


def one(cloud: FakeCloud, *versions: Version, **facts: Any) -> CloudRegion:
    (region,) = CloudQuestions(clients(cloud), [question(AWS, *versions, **facts)]).answers()
    return region


def test_healthy() -> None:
    cloud = FakeCloud({"us-east-1": GOOD, "europe-west4": GOOD}, TWO_RUN)
    regions = CloudQuestions(clients(cloud), [question(), question(GCP)]).answers()
    assert [(region.name, region.verdict) for region in regions] == [(AWS, "healthy"), (GCP, "healthy")]
    view = cloud_view(regions, simulated=False)
    assert (view.verdict, view.said, view.problems) == ("healthy", "4 of 4 instances in service", ())
    assert cloud_view(regions, simulated=True).said.endswith("(simulated)")


@pytest.mark.parametrize(
    ("look", "verdict", "why"),
    [
        (FleetLook(1, 1, 2, NO_CAPACITY), "degraded", f"{AWS} aaaaaaaaaaaa: {NO_CAPACITY}"),
        (FleetLook(0, 0, 2, NO_CAPACITY), "down", f"{AWS} aaaaaaaaaaaa: {NO_CAPACITY}"),
        (FleetLook(2, 1, 2), "degraded", f"{AWS} aaaaaaaaaaaa: 1 of 2 instances are in service"),
        (FleetLook(1, 1, 2), "degraded", f"{AWS} aaaaaaaaaaaa: 1 of 2 instances run"),
        (FleetLook(2, 1, 2, trouble="1 replica failed"), "degraded", f"{AWS} aaaaaaaaaaaa: 1 replica failed"),
        (FleetLook(2, 2, 0), "down", f"{AWS}: none of its gateways is healthy"),
        (FleetLook(2, 2, 1), "degraded", f"{AWS}: 1 of 2 gateways are healthy"),
    ],
    ids=["short", "empty", "unhealthy", "missing", "failing", "no gateway", "one gateway"],
)
def test_why_it_is_not_healthy(look: FleetLook, verdict: str, why: str) -> None:
    region = one(FakeCloud({"us-east-1": look}, TWO_RUN))
    assert region.verdict == verdict
    assert cloud_view([region], simulated=False).problems == (why,)


def test_a_fleet_that_has_grown_is_wanted_as_large() -> None:
    look, found = FleetLook(3, 2, 2), {"fleet": inventory("i-1", "i-2", "i-3", load=0.9)}
    (version,) = one(FakeCloud({"us-east-1": look}, found)).versions
    assert (version.wanted, version.in_service, version.verdict, version.load) == (3, 2, "degraded", 0.9)


def test_a_fleet_that_was_set_to_less_than_the_stack_wants() -> None:
    (version,) = one(FakeCloud({"us-east-1": FleetLook(0, 0, 2)}, {"fleet": Inventory(0, ())})).versions
    assert (version.wanted, version.verdict) == (2, "down")


BESIDE = {"beside": {"groups": ["green"], "target_group": "arn:green", "revision": CANARY.revision}}


def test_two_versions_in_a_region() -> None:
    look = FleetLook(2, 2, 2, beside=VersionLook(1, 1))
    cloud = FakeCloud({"us-east-1": look}, {**TWO_RUN, "green": inventory("i-9")})
    region = one(cloud, OWN, CANARY, **BESIDE)
    assert region.verdict == "healthy"
    own, canary = region.versions
    assert (own.role, [each.id for each in own.instances]) == ("own", ["i-1", "i-2"])
    assert (canary.role, canary.percent, [each.id for each in canary.instances]) == ("canary", 25, ["i-9"])


def test_a_canary_that_does_not_come_up_leaves_the_region_serving() -> None:
    look = FleetLook(2, 2, 2, beside=VersionLook(0, 0, NO_CAPACITY))
    cloud = FakeCloud({"us-east-1": look}, {**TWO_RUN, "green": Inventory(1, ())})
    region = one(cloud, OWN, CANARY, **BESIDE)
    assert [version.verdict for version in region.versions] == ["healthy", "down"]
    assert region.verdict == "degraded"
    assert cloud_view([region], simulated=False).problems == (f"{AWS} bbbbbbbbbbbb: {NO_CAPACITY}",)


def test_a_version_that_has_made_room_is_not_missed() -> None:
    look = FleetLook(0, 0, 2, beside=VersionLook(1, 1))
    cloud = FakeCloud({"us-east-1": look}, {"fleet": Inventory(0, ()), "green": inventory("i-9")})
    assert one(cloud, Version("aaaaaaaaaaaa", "own", 0), CANARY, **BESIDE).verdict == "healthy"


def test_nothing_wanted_at_all() -> None:
    region = one(
        FakeCloud({"us-east-1": FleetLook(0, 0, 2)}, {"fleet": Inventory(0, ())}), Version("a", "own", 0)
    )
    assert (region.verdict, region.why) == ("down", "no instances are wanted there")


def test_a_cloud_without_credentials_does_not_fail_the_other() -> None:
    def nobody() -> Any:
        raise NoCredentials("there are no credentials of AWS", "run `aws configure`")

    good = clients(FakeCloud({"europe-west4": GOOD}, TWO_RUN))
    regions = CloudQuestions({**good, "aws": nobody}, [question(), question(GCP)]).answers()
    assert [region.verdict for region in regions] == ["unknown", "healthy"]
    view = cloud_view(regions, simulated=False)
    assert (view.verdict, view.said) == (
        "healthy",
        "2 of 2 instances in service, 1 of 2 regions unasked",
    )
    assert view.problems == (f"{AWS}: there are no credentials of AWS; run `aws configure`",)


def test_no_cloud_at_all_is_unknown() -> None:
    failing = FakeCloud({"us-east-1": NoCredentials("no", "log in"), "europe-west4": NoCredentials("no", "")})
    regions = CloudQuestions(clients(failing), [question(), question(GCP)]).answers()
    view = cloud_view(regions, simulated=False)
    assert (view.verdict, view.said) == ("unknown", "could not be asked")


def test_a_cloud_that_hangs_is_not_waited_for() -> None:
    end = threading.Event()

    class Hanging(FakeCloud):
        def look(self, location: str, facts: Any) -> FleetLook:
            end.wait()
            return GOOD

    makers: CloudClients = {
        **clients(Hanging({})),
        "gcp": clients(FakeCloud({"europe-west4": GOOD}, TWO_RUN))["gcp"],
    }
    try:
        regions = CloudQuestions(makers, [question(), question(GCP)], within_s=0.3).answers()
    finally:
        end.set()
    assert [region.verdict for region in regions] == ["unknown", "healthy"]
    assert regions[0].why == "its cloud has not answered in 0.3 s"


def test_instances_keep_the_cloud_s_own_words() -> None:
    found = Inventory(2, (instance("i-1"), instance("i-2", "initial")))
    (version,) = one(FakeCloud({"us-east-1": FleetLook(2, 1, 2)}, {"fleet": found})).versions
    assert [(each.id, each.state, each.serves) for each in version.instances] == [
        ("i-1", "in service", True),
        ("i-2", "initial", False),
    ]


def test_what_to_do_about_a_refusal() -> None:
    plan = make_plan(TWO)
    cloud = FakeCloud({"us-east-1": FleetLook(1, 1, 2, NO_CAPACITY)}, TWO_RUN)
    asked = replace(question(), plan=plan)
    (region,) = CloudQuestions(clients(cloud), [asked]).answers()
    (version,) = region.versions
    assert (
        version.mend == "wait: it goes on trying by itself; or change hardware.gpu or the region in the spec"
    )
    (problem,) = cloud_view([region], simulated=False).problems
    assert problem.endswith(f"{NO_CAPACITY}; {version.mend}")
