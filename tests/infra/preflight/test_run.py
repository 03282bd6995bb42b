"""The preflight as a whole, on clouds that answer, refuse, hang and break."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from llmdeploy.infra.preflight.clouds.errors import Denied, NoAnswer, NoCredentials, ServiceDisabled
from llmdeploy.infra.preflight.clouds.protocol import Held, Quota
from llmdeploy.infra.preflight.report import PreflightFailed
from llmdeploy.infra.preflight.run import run_preflight
from llmdeploy.infra.preflight.task import THREADS
from llmdeploy.serving.catalog.instances import zones_offering
from llmdeploy.serving.catalog.prices import price
from llmdeploy.serving.catalog.regions import cloud_regions
from llmdeploy.serving.gateway.images import GATEWAYS
from llmdeploy.serving.node.places import bucket_name
from llmdeploy.stacks.pins import Pins

from .conftest import DIGEST, FakeCloud, FakeHub, FakeRegistry

ONE = "regions: [aws/us-east-1]\nhardware: {gpu: l4}"
TWO = "regions: [aws/us-east-1, gcp/us-central1]\nhardware: {gpu: l4}"
SPOT = "regions: [aws/us-east-1]\nhardware: {gpu: l4, purchase: spot}"
SERVER = "vllm/vllm-openai:v0.32.0"
G_QUOTA = "quota us-east-1 L-DB2E81BA"
MANY = [
    f"aws/{name}"
    for name in cloud_regions("aws")
    if price(f"aws/{name}", "g4dn.xlarge", "on-demand") and zones_offering(f"aws/{name}", "g4dn.xlarge")
]
"""Regions with T4s, more than there are threads."""
MANY_LINES = f"regions: [{', '.join(MANY)}]\nhardware: {{gpu: t4}}\nquantization: fp16"


def rows(report, check):
    return [(each.where, each.verdict, each.has) for each in report.findings if each.check == check]


def row(report, check):
    (found,) = [each for each in report.findings if each.check == check]
    return found


def test_a_cloud_with_plenty_passes_and_everything_is_resolved(preflight_of):
    report = run_preflight(preflight_of(TWO))
    assert report.ok
    assert {each.verdict for each in report.findings} == {"ok"}
    assert report.pins.images == dict.fromkeys([SERVER, *GATEWAYS["aws"]], DIGEST)
    assert report.pins.machine_images == {
        "aws/us-east-1": "ami-us-east-1",
        "gcp/us-central1": "ami-us-central1",
    }
    assert next(iter(report.pins.zones.values())) == ("us-east-1a", "us-east-1b")
    assert [each.where for each in report.findings] == sorted(
        (each.where for each in report.findings),
        key=["", "aws", "gcp", "aws/us-east-1", "gcp/us-central1"].index,
    )


def test_progress_tells_every_finding_once_and_ends_with_the_total(preflight_of):
    told = []
    report = run_preflight(
        preflight_of(TWO), lambda finding, done, total: told.append((finding, done, total))
    )
    assert {id(finding) for finding, _, _ in told} == {id(finding) for finding in report.findings}
    assert told[-1][1] == told[-1][2]
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_no_credentials_of_one_cloud_do_not_hide_the_other(preflight_of):
    lost = FakeCloud({"identity": NoCredentials("AWS: none", "log in")})
    report = run_preflight(preflight_of(TWO, aws=lost))
    assert [(each.where, each.check, each.mend) for each in report.failed] == [
        ("aws", "credentials", "log in")
    ]
    assert lost.asked == [("identity",)]
    assert rows(report, "region") == [("gcp/us-central1", "ok", "enabled")]
    assert not report.failed[0].soft


def test_a_region_that_is_disabled_is_asked_nothing_more(preflight_of):
    cloud = FakeCloud({"region eu-west-3": "disabled"})
    report = run_preflight(
        preflight_of(
            "regions: [aws/us-east-1, aws/eu-west-3]\nhardware: {gpu: t4}\nquantization: fp16", aws=cloud
        )
    )
    (failed,) = report.failed
    assert (failed.where, failed.check) == ("aws/eu-west-3", "region")
    assert failed.command == "aws account enable-region --region-name eu-west-3"
    assert not [each for each in cloud.asked if each[0] != "region" and "eu-west-3" in each]
    assert [key.partition(" ")[0] for key in report.pins.zones] == ["aws/us-east-1"]


def test_one_question_without_an_answer_does_not_hide_the_others(preflight_of):
    cloud = FakeCloud({"machine us-east-1": NoAnswer("ssm:GetParameter", "ThrottlingException")})
    report = run_preflight(preflight_of(TWO, aws=cloud))
    (failed,) = report.failed
    assert (failed.check, failed.soft) == ("machine-image", True)
    assert failed.has == "no answer from ssm:GetParameter (ThrottlingException)"
    assert rows(report, "machine-image")[1] == ("gcp/us-central1", "ok", "ami-us-central1")


def test_quota_zero_is_hard_and_comes_with_the_command_that_asks_for_more(preflight_of):
    cloud = FakeCloud({G_QUOTA: Quota(0.0, 0.0)})
    report = run_preflight(preflight_of(ONE, aws=cloud), allow=["quota"])
    (failed,) = report.failed
    assert (failed.needs, failed.has, failed.soft) == (
        "4 to 8 vCPU of on-demand G and VT instances",
        "0 of 0 free",
        False,
    )
    assert failed.command == (
        "aws service-quotas request-service-quota-increase --region us-east-1"
        " --service-code ec2 --quota-code L-DB2E81BA --desired-value 8"
    )


def test_quota_that_is_enough_to_start_is_soft(preflight_of):
    cloud = FakeCloud({G_QUOTA: Quota(6.0, 0.0)})
    asked = preflight_of(ONE, aws=cloud)
    (failed,) = run_preflight(asked).failed
    assert failed.soft
    assert failed.mend == "ask for 8, or lower scaling.max"
    allowed = run_preflight(asked, allow=["quota"])
    assert allowed.ok
    assert [each.verdict for each in allowed.findings if each.check == "quota"].count("allowed") == 1


def test_what_others_use_is_taken_and_what_the_stack_has_is_not(preflight_of):
    busy = FakeCloud({G_QUOTA: Quota(16.0, 12.0), "held": Held(on_demand=0)})
    failed = run_preflight(preflight_of(ONE, aws=busy)).failed[0]
    assert failed.has == "4 of 16 free"
    assert "--desired-value 20" in failed.command
    own = FakeCloud({G_QUOTA: Quota(16.0, 12.0), "held us-east-1 chat": Held(on_demand=1)})
    assert run_preflight(preflight_of(ONE, aws=own)).ok
    assert own.asked.count(("held", "us-east-1", "chat")) == 1


def test_a_request_that_is_under_way_is_not_asked_for_again(preflight_of):
    cloud = FakeCloud({G_QUOTA: Quota(0.0, 0.0, pending=64.0)})
    failed = run_preflight(preflight_of(ONE, aws=cloud)).failed[0]
    assert (failed.mend, failed.command) == ("64 is already asked for: wait until it is granted", "")


def test_googles_command_names_family_and_region(preflight_of):
    cloud = FakeCloud({"quota us-central1 GPUS-PER-GPU-FAMILY-per-project-region": None})
    lines = "regions: [gcp/us-central1]\nhardware: {gpu: h100, count: 8}"
    failed = run_preflight(preflight_of(lines, gcp=cloud)).failed[0]
    assert failed.command == (
        "gcloud beta quotas preferences create --project=1234 --service=compute.googleapis.com"
        " --quota-id=GPUS-PER-GPU-FAMILY-per-project-region"
        " --dimensions=region=us-central1,gpu_family=NVIDIA_H100"
        " --preferred-value=16 --email=YOUR_EMAIL --justification='LLM inference'"
    )


def test_an_unknown_usage_is_said_and_taken_for_none(preflight_of):
    report = run_preflight(preflight_of(ONE, aws=FakeCloud({G_QUOTA: Quota(8.0)})))
    assert report.ok
    assert ("aws/us-east-1", "ok", "8, usage not told") in rows(report, "quota")


@pytest.mark.parametrize(
    ("zones", "verdict", "has"),
    [
        (["us-east-1a", "us-east-1c"], "ok", "2 zones: a c"),
        (["us-east-1c"], "warning", "only us-east-1c"),
        ([], "failed", "none"),
    ],
)
def test_zones(preflight_of, zones, verdict, has):
    report = run_preflight(preflight_of(ONE, aws=FakeCloud({"zones": zones})), allow=["zones"])
    assert rows(report, "zones") == [("aws/us-east-1", verdict, has)]
    assert report.ok == bool(zones)


@pytest.mark.parametrize(
    ("purchase", "score", "verdict"),
    [
        ("spot", 9, "ok"),
        ("spot", 5, "warning"),
        ("spot", 2, "failed"),
        ("spot-with-fallback", 2, "warning"),
    ],
)
def test_spot_score(preflight_of, purchase, score, verdict):
    lines = f"regions: [aws/us-east-1]\nhardware: {{gpu: l4, purchase: {purchase}}}"
    report = run_preflight(preflight_of(lines, aws=FakeCloud({"spot": score})))
    assert row(report, "spot").verdict == verdict
    assert run_preflight(preflight_of(lines, aws=FakeCloud({"spot": score})), allow=["spot"]).ok


def test_permissions_and_services(preflight_of):
    aws = FakeCloud({"denied": [f"ec2:Action{number}" for number in range(6)]})
    gcp = FakeCloud({"services": ["dns.googleapis.com", "compute.googleapis.com"]})
    report = run_preflight(preflight_of(TWO, aws=aws, gcp=gcp))
    permissions, services = report.failed
    assert permissions.has == "denied: ec2:Action0, ec2:Action1, ec2:Action2, ec2:Action3 and 2 more"
    assert permissions.soft
    assert (
        services.command == "gcloud services enable dns.googleapis.com compute.googleapis.com --project=1234"
    )
    assert not services.soft


def test_a_denied_question_is_soft_and_names_the_action(preflight_of):
    cloud = FakeCloud({G_QUOTA: Denied("aws", "servicequotas:GetServiceQuota")})
    failed = run_preflight(preflight_of(ONE, aws=cloud)).failed[0]
    assert failed.has == "may not ask: servicequotas:GetServiceQuota is denied"
    assert "--print-policy aws" in failed.mend
    assert failed.soft


def test_a_disabled_api_is_hard_and_says_how_to_enable_it(preflight_of):
    cloud = FakeCloud({"region": ServiceDisabled("compute.googleapis.com", "p")})
    failed = run_preflight(preflight_of("regions: [gcp/us-central1]\nhardware: {gpu: l4}", gcp=cloud)).failed[
        0
    ]
    assert (failed.mend, failed.soft) == ("gcloud services enable compute.googleapis.com --project=p", False)


def test_images_without_a_digest_keep_up_from_going_on(preflight_of):
    missing = run_preflight(preflight_of(ONE, registry=FakeRegistry(None)), allow=["image"])
    assert {has for _, _, has in rows(missing, "image")} == {"no such tag"}
    unreachable = FakeRegistry(NoAnswer("registry-1.docker.io", "HTTP 429"))
    asked = run_preflight(preflight_of(ONE, registry=unreachable), allow=["image"])
    assert not asked.ok
    assert rows(asked, "image")[0][2] == "no answer from registry-1.docker.io (HTTP 429)"


def test_a_digest_is_remembered_and_a_pinned_one_comes_first(preflight_of):
    registry = FakeRegistry()
    run_preflight(preflight_of(ONE, registry=registry))
    moved = FakeRegistry("sha256:" + "b" * 64)
    again = run_preflight(preflight_of(ONE, registry=moved))
    assert (registry.asked, moved.asked) == (3, 0)
    assert again.pins.images[SERVER] == DIGEST
    pins = Pins(images={SERVER: "sha256:" + "c" * 64})
    assert run_preflight(preflight_of(ONE, pins=pins)).pins.images[SERVER] == pins.images[SERVER]


def test_a_pinned_machine_image_is_kept(preflight_of):
    cloud = FakeCloud()
    report = run_preflight(
        preflight_of(ONE, aws=cloud, pins=Pins(machine_images={"aws/us-east-1": "ami-old"}))
    )
    assert report.pins.machine_images == {"aws/us-east-1": "ami-old"}
    assert row(report, "machine-image").has == "ami-old, as before"
    assert not [each for each in cloud.asked if each[0] == "machine"]


def test_remembered_digests_are_asked_for_again_when_that_is_wanted(preflight_of):
    run_preflight(preflight_of(ONE))
    moved = FakeRegistry("sha256:" + "b" * 64)
    report = run_preflight(replace(preflight_of(ONE, registry=moved), refresh_images=True))
    assert set(report.pins.images.values()) == {moved.digest_of}


@pytest.mark.parametrize(
    ("hub", "verdict", "has", "mend"),
    [
        (FakeHub(), "ok", "there", ""),
        (FakeHub(token=True), "ok", "there, read with HF_TOKEN", ""),
        (FakeHub("gated"), "failed", "gated, no HF_TOKEN", "set HF_TOKEN"),
        (FakeHub("gated", token=True), "failed", "gated, HF_TOKEN has no access", "accept its licence"),
        (FakeHub("missing"), "failed", "not there", "check its name"),
        (FakeHub("no-revision"), "failed", "no revision None", "name a commit"),
    ],
)
def test_the_hub(preflight_of, hub, verdict, has, mend):
    cloud = FakeCloud({"holds": False})
    report = run_preflight(preflight_of(ONE, aws=cloud, hub=hub), allow=["weights"])
    (found,) = [each for each in report.findings if each.check == "weights" and not each.where]
    assert (found.verdict, found.has) == (verdict, has)
    assert mend in found.mend
    assert report.ok == (verdict == "ok")


def test_a_hub_that_this_machine_cannot_reach_is_soft(preflight_of):
    hub, cloud = FakeHub(NoAnswer("huggingface.co", "ConnectTimeout")), FakeCloud({"holds": False})
    assert not run_preflight(preflight_of(ONE, aws=cloud, hub=hub)).ok
    assert run_preflight(preflight_of(ONE, aws=cloud, hub=hub), allow=["weights"]).ok


@pytest.mark.parametrize("hub", [FakeHub("gated"), FakeHub(NoAnswer("huggingface.co", "ConnectTimeout"))])
def test_the_hub_is_not_needed_where_every_region_has_the_model(preflight_of, hub):
    report = run_preflight(preflight_of(TWO, hub=hub))
    assert report.ok
    assert [each[1] for each in rows(report, "weights")] == ["warning", "ok", "ok"]
    assert not run_preflight(preflight_of(TWO, gcp=FakeCloud({"holds": False}), hub=hub)).ok


def test_adapters_are_fetched_from_the_hub_too(preflight_of):
    adapters = (
        "[{name: legal, source: acme/legal-lora, rank: 16}, {name: tax, source: s3://acme/tax, rank: 16}]"
    )
    lines = f"model: {{id: meta-llama/Llama-3.1-8B-Instruct, context_length: 8192, adapters: {adapters}}}\n"
    report = run_preflight(preflight_of(lines + ONE))
    assert [each.needs for each in report.findings if each.check == "weights" and not each.where] == [
        "acme/legal-lora on the hub",
        "meta-llama/Llama-3.1-8B-Instruct on the hub",
        "weights in s3://acme/tax",
    ]


def test_weights_in_the_regions_bucket(preflight_of):
    buckets = [bucket_name("chat", f"aws/{name}", "1234") for name in ("us-east-1", "eu-north-1")]
    marker = "models/meta-llama/Llama-3.1-8B-Instruct/main/.complete"
    cloud = FakeCloud({f"holds {buckets[1]} {marker}": False})
    lines = "regions: [aws/us-east-1, aws/eu-north-1]\nhardware: {gpu: l4}"
    report = run_preflight(preflight_of(lines, aws=cloud))
    assert report.ok
    assert rows(report, "weights")[1:] == [
        ("aws/us-east-1", "ok", buckets[0]),
        ("aws/eu-north-1", "ok", "no: the hub instead"),
    ]


def test_weights_in_a_bucket_of_the_users_own(preflight_of, make_plan):
    plan = make_plan(ONE)
    asked = preflight_of(ONE, aws=FakeCloud({"holds": False}))
    own = plan.model_copy(update={"model": plan.model.model_copy(update={"id": "s3://acme/chat"})})
    report = run_preflight(replace(asked, plan=own))
    assert (row(report, "weights").needs, row(report, "weights").verdict) == (
        "weights in s3://acme/chat",
        "failed",
    )


def test_the_domain_needs_a_public_zone_in_route_53_as_soon_as_aws_is_there(preflight_of):
    lines = TWO + "\nrouting: {domain: chat.example.org}"
    aws, gcp = FakeCloud({"domain": None}), FakeCloud()
    report = run_preflight(preflight_of(lines, aws=aws, gcp=gcp))
    assert [(each.where, each.check) for each in report.failed] == [("aws", "domain")]
    assert not [each for each in gcp.asked if each[0] == "domain"]


def test_the_budget(preflight_of, make_plan):
    fine = run_preflight(preflight_of(ONE + "\nbudget: 50"))
    assert row(fine, "budget").has == "50.00 allowed"
    asked = preflight_of(ONE)
    cost = asked.plan.cost.model_copy(update={"limit_usd": 0.5})
    over = asked.plan.model_copy(update={"cost": cost})
    report = run_preflight(replace(asked, plan=over), allow=["budget"])
    assert not report.ok
    assert "raise budget.hourly_usd" in row(report, "budget").mend


def test_what_hangs_is_given_up_and_the_rest_is_reported(preflight_of):
    forever = threading.Event()
    cloud = FakeCloud({"zones us-east-1": lambda: forever.wait(60)})
    began = time.monotonic()
    report = run_preflight(preflight_of(TWO, aws=cloud), patience_s=3.0)
    took = time.monotonic() - began
    forever.set()
    assert took < 20
    (failed,) = report.failed
    assert (failed.where, failed.check, failed.soft) == ("aws/us-east-1", "zones", True)
    assert failed.has == "no answer from whoever was asked (nothing in 3 s)"
    assert rows(report, "zones")[1][1] == "ok"


def test_more_hanging_questions_than_threads_still_end_in_time(preflight_of):
    forever = threading.Event()
    cloud = FakeCloud({"region": lambda: forever.wait(60)})
    began = time.monotonic()
    report = run_preflight(preflight_of(MANY_LINES, aws=cloud), patience_s=3.0)
    took = time.monotonic() - began
    assert took < 20
    assert len(rows(report, "region")) == len(MANY)
    # Those that had not begun never do.
    asked = len(cloud.asked)
    forever.set()
    time.sleep(0.2)
    assert len(cloud.asked) == asked


def test_no_more_questions_at_once_than_threads(preflight_of):
    assert len(MANY) > THREADS
    lock, now, most = threading.Lock(), 0, 0

    def slow():
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return "enabled"

    run_preflight(preflight_of(MANY_LINES, aws=FakeCloud({"region": slow})))
    assert 2 <= most <= THREADS


def test_a_bug_in_one_check_is_raised_when_the_others_have_ended(preflight_of):
    cloud = FakeCloud({"zones": ZeroDivisionError()})
    told = []
    with pytest.raises(ZeroDivisionError):
        run_preflight(preflight_of(ONE, aws=cloud), lambda finding, done, total: told.append(finding.check))
    assert "machine-image" in told


def test_a_failed_report_is_one_error_with_every_failure_and_what_may_be_allowed(preflight_of):
    cloud = FakeCloud({"spot": 1, "quota us-east-1 L-3819A6DF": Quota(0.0, 0.0)})
    report = run_preflight(preflight_of(SPOT, aws=cloud))
    with pytest.raises(PreflightFailed) as refused:
        report.require()
    assert refused.value.problem.splitlines()[1:] == [
        "  aws/us-east-1 quota: needs 4 to 8 vCPU of spot G and VT instances, has 0 of 0 free",
        "  aws/us-east-1 spot: needs 1 × g6.xlarge as spot, has score 1 of 10",
    ]
    assert "--allow spot goes on" in refused.value.mend
    assert refused.value.exit_code == 1
