"""Google Cloud through Google's own client library, whose transport answers as the APIs do."""

from __future__ import annotations

import json
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import google.auth.exceptions
import httplib2
import pytest

from llmdeploy.infra.preflight.clouds import gcp_role
from llmdeploy.infra.preflight.clouds.errors import Denied, NoAnswer, NoCredentials, ServiceDisabled
from llmdeploy.infra.preflight.clouds.gcp import GcpCloud
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi
from llmdeploy.infra.preflight.clouds.protocol import Held, Identity, Quota, QuotaName

COMPUTE = "https://compute.googleapis.com/compute/v1/projects/acme"
QUOTAS = "https://cloudquotas.googleapis.com/v1/projects/acme/locations/global"
L4 = QuotaName("compute.googleapis.com", "NVIDIA-L4-GPUS-per-project-region", "NVIDIA_L4_GPUS")
H100 = QuotaName("compute.googleapis.com", "GPUS-PER-GPU-FAMILY-per-project-region", family="NVIDIA_H100")


class Google:
    """Answers by URL without its query: (status, body), an exception, or a list of them, one a request."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def request(self, uri, method="GET", body=None, headers=None, **_more):
        address = urlsplit(uri)
        url = f"{address.scheme}://{address.netloc}{address.path}"
        self.asked.append((method, url, parse_qs(address.query), json.loads(body) if body else None))
        answer = self.answers.get(url, (404, {"error": {"code": 404}}))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer(body)
        if isinstance(answer, Exception):
            raise answer
        status, content = answer
        return httplib2.Response({"status": str(status)}), json.dumps(content).encode()


def cloud(answers, retries=0):
    google = Google(answers)
    return GcpCloud(GoogleApi(lambda: google, "acme", "me@acme.com", retries)), google


def ok(**body):
    return 200, body


def region(*quotas, status="UP"):
    rows = [{"metric": metric, "limit": limit, "usage": usage} for metric, limit, usage in quotas]
    return ok(status=status, quotas=rows)


NO_REQUESTS = {f"{QUOTAS}/quotaPreferences": ok()}


def test_identity():
    project = {"https://cloudresourcemanager.googleapis.com/v1/projects/acme": ok(lifecycleState="ACTIVE")}
    assert cloud(project)[0].identity() == Identity("me@acme.com", "acme")


@pytest.mark.parametrize(
    "refusal",
    [
        (403, {"error": {"code": 403, "status": "PERMISSION_DENIED"}}),
        (403, {"error": {"errors": [{"reason": "accessNotConfigured"}]}}),
    ],
)
def test_who_may_not_look_at_the_project_is_known_all_the_same(refusal):
    project = {"https://cloudresourcemanager.googleapis.com/v1/projects/acme": refusal}
    assert cloud(project)[0].identity().account == "acme"


def test_no_such_project():
    with pytest.raises(NoCredentials) as refused:
        cloud({})[0].identity()
    assert refused.value.problem == "there is no project acme"


@pytest.mark.parametrize(
    "failure",
    [
        google.auth.exceptions.RefreshError("invalid_grant: canary-refresh-token"),
        (401, {"error": {"code": 401, "message": "canary-refresh-token"}}),
    ],
)
def test_credentials_that_google_does_not_take(failure):
    with pytest.raises(NoCredentials) as refused:
        cloud({"https://cloudresourcemanager.googleapis.com/v1/projects/acme": failure})[0].identity()
    assert "canary" not in str(refused.value)


def test_permissions_are_tried_a_hundred_at_a_time():
    def test_permissions(body):
        wanted = json.loads(body)["permissions"]
        assert len(wanted) <= 100
        return ok(permissions=[each for each in wanted if each != "compute.networks.create"])

    url = "https://cloudresourcemanager.googleapis.com/v1/projects/acme:testIamPermissions"
    made, google = cloud({url: test_permissions})
    assert made.denied() == ["compute.networks.create"]
    asked = [each for request in google.asked for each in request[3]["permissions"]]
    assert asked == gcp_role.permissions()


def test_a_permission_that_google_does_not_know_is_left_out():
    unknown = "compute.regionUrlMaps.use"

    def test_permissions(body):
        wanted = json.loads(body)["permissions"]
        return (400, {"error": {"code": 400}}) if unknown in wanted else ok(permissions=wanted[1:])

    url = "https://cloudresourcemanager.googleapis.com/v1/projects/acme:testIamPermissions"
    lacking = cloud({url: test_permissions})[0].denied()
    assert unknown not in lacking
    assert lacking


def test_nothing_granted_is_an_empty_answer():
    url = "https://cloudresourcemanager.googleapis.com/v1/projects/acme:testIamPermissions"
    assert cloud({url: ok()})[0].denied() == gcp_role.permissions()


def test_disabled_services():
    rows = [
        {"name": f"projects/1/services/{name}", "state": "DISABLED" if name.startswith("dns") else "ENABLED"}
        for name in gcp_role.services()
    ]
    url = "https://serviceusage.googleapis.com/v1/projects/acme/services:batchGet"
    made, google = cloud({url: ok(services=rows)})
    assert made.disabled_services() == ["dns.googleapis.com"]
    assert len(google.asked[0][2]["names"]) == len(gcp_role.services()) <= 30


def test_region_states():
    made, _ = cloud(
        {f"{COMPUTE}/regions/us-central1": region(), f"{COMPUTE}/regions/x": region(status="DOWN")}
    )
    assert [made.region_state(name) for name in ("us-central1", "x", "mars1")] == [
        "enabled",
        "disabled",
        "unknown",
    ]


# Quotas


def test_a_quota_that_the_region_lists_with_its_usage():
    answers = {f"{COMPUTE}/regions/us-central1": region(("CPUS", 24, 2), ("NVIDIA_L4_GPUS", 8, 3))}
    assert cloud(answers | NO_REQUESTS)[0].quota("us-central1", L4) == Quota(8, 3, None)


def test_a_quota_of_the_project():
    name = QuotaName("compute.googleapis.com", "GPUS-ALL-REGIONS-per-project", "GPUS_ALL_REGIONS")
    answers = {COMPUTE: ok(quotas=[{"metric": "GPUS_ALL_REGIONS", "limit": 0, "usage": 0}])}
    assert cloud(answers | NO_REQUESTS)[0].quota("", name) == Quota(0, 0, None)


def info(*rows):
    dimensions = [
        {"dimensions": given, "details": {"value": value} if value else {}, "applicableLocations": places}
        for given, value, places in rows
    ]
    return {
        f"{QUOTAS}/services/compute.googleapis.com/quotaInfos/{H100.code}": ok(dimensionsInfos=dimensions)
    }


def test_a_quota_is_found_by_what_it_measures():
    metric = "aiplatform.googleapis.com/custom_model_serving_nvidia_l4_gpus"
    rows = [{"dimensions": {"region": "us-central1"}, "details": {"value": "4"}}]
    found = {"quotaId": "Some-Id", "metric": metric, "dimensions": ["region"], "dimensionsInfos": rows}
    whole = {**found, "quotaId": "Whole", "dimensions": [], "dimensionsInfos": []}
    listed = {f"{QUOTAS}/services/aiplatform.googleapis.com/quotaInfos": ok(quotaInfos=[whole, found])}
    name = QuotaName("aiplatform.googleapis.com", "", metric)
    assert cloud(listed | NO_REQUESTS)[0].quota("us-central1", name) == Quota(4.0, None, None)
    other = QuotaName("aiplatform.googleapis.com", "", "aiplatform.googleapis.com/other")
    assert cloud(listed | NO_REQUESTS)[0].quota("us-central1", other) is None


def test_a_quota_by_family_is_the_most_particular_row():
    rows = info(
        ({}, "1", ["us-central1", "europe-west4"]),
        ({"gpu_family": "NVIDIA_H100"}, "2", ["europe-west4"]),
        ({"gpu_family": "NVIDIA_H100", "region": "us-central1"}, "16", ["us-central1"]),
        ({"gpu_family": "NVIDIA_H200", "region": "us-central1"}, "99", ["us-central1"]),
    )
    made, _ = cloud(rows | NO_REQUESTS)
    assert made.quota("us-central1", H100) == Quota(16.0, None, None)
    assert made.quota("europe-west4", H100) == Quota(2.0, None, None)
    assert made.quota("asia-east1", H100) == Quota(0.0, None, None)


def test_a_row_without_a_value_is_zero_and_minus_one_is_no_limit():
    made, _ = cloud(info(({"gpu_family": "NVIDIA_H100"}, None, ["us-central1"])) | NO_REQUESTS)
    assert made.quota("us-central1", H100).value == 0
    made, _ = cloud(info(({"gpu_family": "NVIDIA_H100"}, "-1", ["us-central1"])) | NO_REQUESTS)
    assert made.quota("us-central1", H100).value == float("inf")


def test_a_metric_that_the_region_does_not_list_is_looked_up_by_its_id():
    name = QuotaName("compute.googleapis.com", H100.code, "PREEMPTIBLE_NVIDIA_H200_GPUS")
    rows = info(({}, "64", ["us-central1"]))
    made, _ = cloud({f"{COMPUTE}/regions/us-central1": region(), **rows, **NO_REQUESTS})
    assert made.quota("us-central1", name) == Quota(64.0, None, None)


def test_a_quota_that_is_nowhere_is_none():
    assert cloud({f"{COMPUTE}/regions/us-central1": region()})[0].quota("us-central1", L4) is None


def test_open_requests_of_the_same_dimensions():
    def preference(quota_id, value, dimensions, reconciling=True):
        return {
            "quotaId": quota_id,
            "dimensions": dimensions,
            "quotaConfig": {"preferredValue": value},
            "reconciling": reconciling,
        }

    here = {"region": "us-central1"}
    answers = {
        f"{COMPUTE}/regions/us-central1": region(("NVIDIA_L4_GPUS", 1, 0)),
        f"{QUOTAS}/quotaPreferences": ok(
            quotaPreferences=[
                preference(L4.code, "8", here),
                preference(L4.code, "32", {"region": "us-east1"}),
                preference(L4.code, "64", here, reconciling=False),
                preference(H100.code, "128", here),
            ]
        ),
    }
    assert cloud(answers)[0].quota("us-central1", L4) == Quota(1, 0, 8.0)


def test_requests_that_may_not_be_looked_at_do_not_hide_the_quota():
    denied = (403, {"error": {"status": "PERMISSION_DENIED"}})
    answers = {
        f"{COMPUTE}/regions/us-central1": region(("NVIDIA_L4_GPUS", 1, 0)),
        f"{QUOTAS}/quotaPreferences": denied,
    }
    assert cloud(answers)[0].quota("us-central1", L4) == Quota(1, 0, None)


# What is where


def aggregated(kind, *pages):
    """One page a dict of zone → rows; each page but the last names a next one."""
    answers = []
    for number, page in enumerate(pages):
        items = {f"zones/{zone}": {kind: rows} for zone, rows in page.items()}
        more = {"nextPageToken": str(number)} if number < len(pages) - 1 else {}
        answers.append(ok(items={**items, "zones/empty": {"warning": {}}}, **more))
    return {f"{COMPUTE}/aggregated/{kind}": answers}


def in_zones(*zones):
    return {
        zone: [{"zone": f"https://www.googleapis.com/compute/v1/projects/acme/zones/{zone}"}]
        for zone in zones
    }


def test_zones_offering_a_machine_type():
    pages = aggregated("machineTypes", in_zones("us-central1-a", "us-east1-b"), in_zones("us-central1-c"))
    made, google = cloud(pages)
    assert made.zones_offering("us-central1", "g2-standard-4") == ["us-central1-a", "us-central1-c"]
    assert google.asked[0][2]["filter"] == ["name=g2-standard-4"]
    assert google.asked[1][2]["pageToken"] == ["0"]


def test_an_n1_machine_needs_its_gpus_in_the_same_zone():
    answers = aggregated("machineTypes", in_zones("us-central1-a", "us-central1-b"))
    made, google = cloud(answers | aggregated("acceleratorTypes", in_zones("us-central1-b", "us-central1-f")))
    assert made.zones_offering("us-central1", "n1-standard-8+2xt4") == ["us-central1-b"]
    assert [each[2]["filter"] for each in google.asked] == [["name=n1-standard-8"], ["name=nvidia-tesla-t4"]]


def test_what_the_stack_holds():
    def instance(zone, model="STANDARD", gpu=True):
        maintenance = "TERMINATE" if gpu else "MIGRATE"
        return {
            "zone": f"z/{zone}",
            "scheduling": {"provisioningModel": model, "onHostMaintenance": maintenance},
        }

    rows = [
        instance("us-central1-a"),
        instance("us-central1-a", "SPOT"),
        instance("us-central1-a", gpu=False),
    ]
    pages = aggregated(
        "instances", {"us-central1-a": rows, "us-east1-b": [instance("us-east1-b", "FLEX_START")]}
    )
    made, google = cloud(pages)
    assert made.held("us-central1", "chat") == Held(1, 1, 1)
    assert google.asked[0][2]["filter"] == ["labels.llmdeploy-stack=chat AND status=RUNNING"]
    assert made.held("us-east1", "chat") == Held(0, 1, 1)
    assert made.held("us-west1", "chat") == Held()


def test_the_machine_image_is_the_newest_of_its_family():
    family = "common-cu129-ubuntu-2204-nvidia-580"
    link = "https://www.googleapis.com/compute/v1/projects/deeplearning-platform-release/global/images/x-v20260626"
    url = f"https://compute.googleapis.com/compute/v1/projects/deeplearning-platform-release/global/images/family/{family}"
    assert cloud({url: ok(selfLink=link)})[0].machine_image("us-central1") == link
    assert cloud({})[0].machine_image("us-central1") == ""


def test_buckets():
    url = "https://storage.googleapis.com/storage/v1/b/weights/o"
    made, google = cloud({url: [ok(items=[{"name": "models/m/x"}]), ok(kind="storage#objects")]})
    assert made.holds("us-central1", "weights", "models/m/")
    assert google.asked[0][2] == {"prefix": ["models/m/"], "maxResults": ["1"]}
    assert not made.holds("us-central1", "weights", "models/other/")
    assert not made.holds("us-central1", "no-such-bucket", "")


def test_the_longest_public_zone_holds_a_domain():
    zones = [
        {"dnsName": "example.com."},
        {"dnsName": "eu.example.com.", "visibility": "public"},
        {"dnsName": "chat.eu.example.com.", "visibility": "private"},
        {"dnsName": "ple.com."},
    ]
    url = "https://dns.googleapis.com/dns/v1/projects/acme/managedZones"
    made, _ = cloud({url: ok(managedZones=zones)})
    assert made.public_zone("chat.eu.example.com") == "eu.example.com"
    assert made.public_zone("sample.com") is None


# Refusals


@pytest.mark.parametrize("busy", [(429, {}), (503, {})])
def test_throttling_is_waited_out(busy):
    made, google = cloud({f"{COMPUTE}/regions/us-central1": [busy, region()]}, retries=1)
    assert made.region_state("us-central1") == "enabled"
    assert len(google.asked) == 2


def test_throttling_without_end_is_no_answer():
    made, google = cloud({f"{COMPUTE}/regions/us-central1": (429, {})}, retries=1)
    with pytest.raises(NoAnswer) as refused:
        made.region_state("us-central1")
    assert refused.value.problem == "no answer from compute.regions.get (HTTP 429)"
    assert len(google.asked) == 2


@pytest.mark.parametrize("failure", [TimeoutError("timed out"), httplib2.ServerNotFoundError("no such host")])
def test_no_network_is_no_answer(failure):
    with pytest.raises(NoAnswer):
        cloud({f"{COMPUTE}/regions/us-central1": failure})[0].region_state("us-central1")


def test_a_refusal_names_the_permission():
    denied = (403, {"error": {"code": 403, "errors": [{"reason": "forbidden"}]}})
    with pytest.raises(Denied) as refused:
        cloud({f"{COMPUTE}/regions/us-central1": denied})[0].region_state("us-central1")
    assert refused.value.action == "compute.regions.get"


def test_an_api_that_is_not_enabled_is_named():
    detail = {"reason": "SERVICE_DISABLED", "metadata": {"service": "compute.googleapis.com"}}
    disabled = (403, {"error": {"code": 403, "details": [{"@type": "help"}, detail]}})
    with pytest.raises(ServiceDisabled) as refused:
        cloud({f"{COMPUTE}/regions/us-central1": disabled})[0].region_state("us-central1")
    assert refused.value.mend == "gcloud services enable compute.googleapis.com --project=acme"


ASK = """
import sys
from llmdeploy.serving.errors import LlmdeployError
if sys.argv[1] == "without":
    sys.modules["google_auth_httplib2"] = None
from llmdeploy.infra.preflight.clouds.gcp import gcp_cloud
try:
    gcp_cloud()
except LlmdeployError as error:
    print(type(error).__name__, error, sep=": ")
"""


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (
            "with",
            "NoCredentials: there are no credentials of Google Cloud; run `gcloud auth",
        ),
        (
            "without",
            "ExtraMissing: gcp cannot be asked without google-api-python-client, which is",
        ),
    ],
)
def test_a_process_without_credentials_or_library(how, told, tmp_path):
    environ = {"PATH": "", "HOME": str(tmp_path), "NO_GCE_CHECK": "true"}
    ended = subprocess.run(
        [sys.executable, "-c", ASK, how], env=environ, capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.startswith(told)


def test_the_role_names_no_permission_twice_and_no_wildcard():
    names = gcp_role.custom_role()["includedPermissions"]
    assert len(names) == len(set(names))
    assert all(name.count(".") == 2 and "*" not in name for name in names)
    # What the checks themselves ask.
    assert {"compute.regions.get", "compute.instances.list", "cloudquotas.quotas.get"} <= set(names)
