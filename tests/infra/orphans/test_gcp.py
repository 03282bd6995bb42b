"""Google Cloud through Google's own client library, whose transport answers as the Asset Inventory does."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import httplib2
import pytest

from llmdeploy.infra.orphans.gcp import GcpTags
from llmdeploy.infra.orphans.known import Known, known_in
from llmdeploy.infra.orphans.sweep import sweep
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi

SEARCH = "https://cloudasset.googleapis.com/v1/projects/acme:searchAllResources"
PREFIX = "//compute.googleapis.com/projects/acme"
COMPUTE = "https://compute.googleapis.com/compute/v1/projects/acme"
LABELS = {"llmdeploy-name": "chat", "llmdeploy-stack": "chat-dev"}
REGIONS = ["gcp/europe-west4", "gcp/us-central1"]


def asset(name, kind="compute.googleapis.com/Address", location="europe-west4", labels=LABELS):
    return {"name": name, "assetType": kind, "location": location, "labels": labels, "displayName": "x"}


class Google:
    """Answers by URL without its query: (status, body); of the search a list of pages."""

    def __init__(self, pages, answers=()):
        self.pages, self.answers, self.asked = pages, dict(answers), []

    def request(self, uri, method="GET", body=None, headers=None, **_more):
        address = urlsplit(uri)
        url = f"{address.scheme}://{address.netloc}{address.path}"
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        self.asked.append((url, query))
        if url == SEARCH and isinstance(self.pages, list):
            page = int(query.get("pageToken", "0"))
            more = {"nextPageToken": str(page + 1)} if page + 1 < len(self.pages) else {}
            answer = (200, {"results": self.pages[page], **more})
        else:
            answer = self.pages if url == SEARCH else self.answers.get(url, (404, {"error": {"code": 404}}))
        return httplib2.Response({"status": str(answer[0])}), json.dumps(answer[1]).encode()


def swept(google, known=None, stack="chat-dev"):
    made = GcpTags(GoogleApi(lambda: google, "acme", "me@acme.com", 0))
    return sweep({"gcp": lambda: made}, REGIONS, known or Known(), stack)


def test_one_search_finds_every_region_page_by_page():
    google = Google(
        [
            [
                asset(f"{PREFIX}/regions/europe-west4/addresses/a"),
                asset(f"{PREFIX}/x", labels={"stack": "chat-dev"}),
            ],
            [
                asset("//storage.googleapis.com/weights", "storage.googleapis.com/Bucket", "us-central1"),
                asset(f"{PREFIX}/global/addresses/b", location="global"),
                asset(f"{PREFIX}/c", labels={"llmdeploy-stack": "other"}),
            ],
        ]
    )
    found = swept(google)
    assert [(each.region, each.id) for each in found.orphans] == [
        ("", f"{PREFIX}/global/addresses/b"),
        ("europe-west4", f"{PREFIX}/regions/europe-west4/addresses/a"),
        ("us-central1", "//storage.googleapis.com/weights"),
    ]
    assert found.looked == ("gcp",)
    assert [query["query"] for _, query in google.asked] == ['labels:"llmdeploy-stack"'] * 2
    assert {each.stack for each in swept(google, stack="").orphans} == {"chat-dev", "other"}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (
            f"{PREFIX}/regions/europe-west4/addresses/a",
            {"id": "projects/acme/regions/europe-west4/addresses/a", "outputs": {}},
        ),
        (
            f"{PREFIX}/global/forwardingRules/f",
            {"id": "f", "outputs": {"selfLink": f"{COMPUTE}/global/forwardingRules/f"}},
        ),
        ("//storage.googleapis.com/weights", {"id": "weights", "outputs": {}}),
        # By the project's number, where the state has its name.
        (
            "//secretmanager.googleapis.com/projects/1234/secrets/hub",
            {"id": "projects/acme/secrets/hub", "outputs": {}},
        ),
        (
            "//dns.googleapis.com/projects/1234/managedZones/99",
            {"id": "projects/acme/managedZones/peers", "outputs": {"managedZoneId": "99"}},
        ),
    ],
)
def test_what_a_state_has_is_no_orphan_however_it_is_called(name, kept):
    row = {"urn": "urn:pulumi:chat-dev::llmdeploy::gcp:x/y:Z::z", "type": "gcp:x/y:Z", **kept}
    google = Google([[asset(name)]])
    assert len(swept(google).orphans) == 1
    assert swept(google, known_in([{"deployment": {"resources": [row]}}])).orphans == ()


def test_instances_go_with_their_fleet_and_are_asked_for_when_it_is_gone():
    path = "zones/europe-west4-a/instances"
    here, gone = (
        asset(f"{PREFIX}/{path}/{name}", "compute.googleapis.com/Instance", "europe-west4-a") for name in "ab"
    )
    google = Google([[here, gone]], {f"{COMPUTE}/{path}/a": (200, {"name": "a"})})
    assert [each.id for each in swept(google).orphans] == [here["name"]]
    fleet = {
        # A stack whose name a label has to write otherwise.
        "urn": "urn:pulumi:chat.dev::llmdeploy::gcp:compute/group:Group::fleet",
        "type": "gcp:compute/group:Group",
        "id": "g",
        "outputs": {"region": f"{COMPUTE}/regions/europe-west4"},
    }
    assert swept(google, known_in([{"deployment": {"resources": [fleet]}}])).orphans == ()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((403, {"error": {"code": 403}}), "cloudasset.assets.searchAllResources is denied"),
        (
            (
                403,
                {
                    "error": {
                        "details": [
                            {
                                "reason": "SERVICE_DISABLED",
                                "metadata": {"service": "cloudasset.googleapis.com"},
                            }
                        ]
                    }
                },
            ),
            "cloudasset.googleapis.com is not enabled in acme",
        ),
        ((503, {}), "HTTP 503"),
    ],
)
def test_why_it_could_not_be_looked_into(answer, why):
    found = swept(Google(answer))
    (unlooked,) = found.unlooked
    assert (unlooked.where, found.looked) == ("gcp", ())
    assert why in unlooked.why
    assert unlooked.mend
    assert not found.clean(["gcp"])
