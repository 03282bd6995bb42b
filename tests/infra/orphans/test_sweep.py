"""The sweep itself, with clouds that answer as a test says."""

from __future__ import annotations

import threading

import pytest

from llmdeploy.infra.orphans.found import Swept, Tagged, Unlooked
from llmdeploy.infra.orphans.known import Known, known_in, regions_in
from llmdeploy.infra.orphans.sweep import sweep
from llmdeploy.infra.preflight.clouds.errors import ExtraMissing, NoCredentials

NOTHING = Known()
ADDRESS = Tagged(
    "aws", "us-east-1", "ec2:elastic-ip", "arn:aws:ec2:us-east-1:1:elastic-ip/eipalloc-1", "chat"
)


class Cloud:
    """Has one address wherever it is asked; an exception is raised."""

    def __init__(self, answer=(ADDRESS,)):
        self.answer = answer

    def places(self, locations):
        return locations

    def tagged(self, place, stack):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def remains(self, found):
        return True


def test_what_is_listed_in_two_places_is_one_orphan_and_progress_is_told():
    told = []
    regions = ["aws/us-east-1", "aws/us-west-2", "gcp/us-central1"]
    found = sweep({"aws": Cloud}, regions, NOTHING, "chat", lambda *each: told.append(each))
    assert found == Swept((ADDRESS,), (), ("aws/us-east-1", "aws/us-west-2"))
    assert [(done, total) for _, done, total in told] == [(1, 2), (2, 2)]


def test_a_cloud_that_cannot_be_asked_does_not_keep_from_the_other():
    def missing():
        raise ExtraMissing("gcp", "google-api-python-client")

    found = sweep({"gcp": missing, "aws": Cloud}, ["aws/us-east-1", "gcp/us-central1"], NOTHING)
    assert found.orphans == (ADDRESS,)
    assert [each.where for each in found.unlooked] == ["gcp"]


def test_a_place_that_hangs_is_given_up():
    asked, end = threading.Event(), threading.Event()

    class Hanging(Cloud):
        def tagged(self, place, stack):
            asked.set()
            end.wait(10)
            return ()

    found = sweep({"aws": Hanging, "gcp": Cloud}, ["aws/us-east-1", "gcp/x"], NOTHING, patience_s=0.5)
    end.set()
    assert asked.is_set()
    assert found.looked == ("gcp/x",)
    assert found.unlooked == (Unlooked("aws/us-east-1", "no answer in 0.5 s"),)


def test_a_bug_is_not_taken_for_an_answer():
    with pytest.raises(ZeroDivisionError):
        sweep({"aws": lambda: Cloud(ZeroDivisionError())}, ["aws/us-east-1"], NOTHING)


def test_clean_is_what_was_looked_into_wherever_something_is_deployed():
    refused = sweep({"aws": lambda: Cloud(NoCredentials("none", "log in"))}, ["aws/us-east-1"], NOTHING)
    assert not refused.clean(["aws"])
    assert not refused.clean([])  # nothing at all was looked into
    half = sweep(
        {"aws": lambda: Cloud(NoCredentials("none", "log in")), "gcp": lambda: Cloud(())},
        ["aws/x", "gcp/y"],
        NOTHING,
    )
    assert half.clean(["gcp"])
    assert not half.clean(["aws"])
    assert not sweep({"aws": Cloud}, ["aws/us-east-1"], NOTHING).clean([])
    assert list(refused.untagged) == []
    assert "IAM roles" in sweep({"aws": Cloud}, ["aws/us-east-1"], NOTHING).untagged["aws"]


def test_the_regions_of_a_state_are_those_of_its_plan_and_of_its_resources():
    head = {"urn": "urn:pulumi:chat::p::pulumi:pulumi:Stack::chat", "type": "pulumi:pulumi:Stack"}
    link = "https://www.googleapis.com/compute/v1/projects/acme/regions/europe-west4"
    state = {
        "deployment": {
            "resources": [
                {**head, "outputs": {"plan": {"regions": {"aws/us-east-1": {}, "local/a": {}}}}},
                {"urn": "urn:pulumi:chat::p::t::a", "type": "gcp:a/b:C", "outputs": {"region": link}},
                {"urn": "urn:pulumi:chat::p::t::b", "type": "aws:a/b:C", "outputs": {"region": "eu-west-1"}},
            ]
        }
    }
    assert regions_in(state) == ("aws/eu-west-1", "aws/us-east-1", "gcp/europe-west4")
    assert regions_in({}) == ()
    assert known_in([{}]) == NOTHING
