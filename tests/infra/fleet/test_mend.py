"""What to do about a refusal, with commands that can be run."""

from __future__ import annotations

import shlex

import pytest
from tests.infra.fleet.world import AWS, FACTS, GCP, make_plan

from llmdeploy.infra.fleet.mend import mend
from llmdeploy.infra.fleet.refusal import Refusal

VCPU = Refusal("VcpuLimitExceeded", "more than your current vCPU limit of 4 allows for the instance bucket")


def lines(region: str, gpu: str, purchase: str = "on-demand") -> str:
    scaling = "{min: 2, max: 3}"
    return f"regions: [{region}]\nhardware: {{gpu: {gpu}, purchase: {purchase}}}\nscaling: {scaling}\n"


@pytest.mark.parametrize(
    ("region", "gpu", "purchase", "refusal", "request_"),
    [
        # Four replicas in the middle of a rollout, of 8 vCPU each, and the 4 that may be in use.
        (AWS, "l4", "on-demand", VCPU, "--region us-east-1 --service-code ec2 --quota-code L-DB2E81BA"),
        (AWS, "l4", "spot-with-fallback", VCPU, "--service-code ec2 --quota-code L-DB2E81BA"),
        (
            AWS,
            "l4",
            "spot",
            Refusal("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded."),
            "--quota-code L-3819A6DF",
        ),
        (
            GCP,
            "l4",
            "on-demand",
            Refusal("QUOTA_EXCEEDED", "Quota 'NVIDIA_L4_GPUS' exceeded. Limit: 1.0 in region europe-west4."),
            "--quota-id=NVIDIA-L4-GPUS-per-project-region --dimensions=region=europe-west4",
        ),
        (
            GCP,
            "l4",
            "spot",
            Refusal("QUOTA_EXCEEDED", "Quota 'PREEMPTIBLE_NVIDIA_L4_GPUS' exceeded. Limit: 0.0"),
            "--quota-id=PREEMPTIBLE-NVIDIA-L4-GPUS-per-project-region",
        ),
        (
            GCP,
            "l4",
            "on-demand",
            Refusal("QUOTA_EXCEEDED", "Quota 'GPUS_ALL_REGIONS' exceeded. Limit: 0.0 globally."),
            "--quota-id=GPUS-ALL-REGIONS-per-project --preferred-value=",
        ),
        (
            GCP,
            "l4",
            "on-demand",
            Refusal("QUOTA_EXCEEDED", "Quota 'CPUS' exceeded. Limit: 8.0 in region europe-west4."),
            "--quota-id=CPUS-per-project-region",
        ),
    ],
)
def test_the_request_is_for_the_quota_that_was_exceeded(
    region: str, gpu: str, purchase: str, refusal: Refusal, request_: str
) -> None:
    plan = make_plan(lines(region, gpu, purchase))
    what, command = mend(plan, plan.regions[0], refusal, FACTS[region])
    assert what == "ask for more quota: it starts instances by itself once that is granted"
    assert request_ in command
    assert shlex.split(command)[0] in ("aws", "gcloud")
    assert ("--project=acme" in command) == (region == GCP)


def test_what_else_may_use_the_quota_is_asked_for_too() -> None:
    plan = make_plan(lines(AWS, "l4"))
    assert plan.regions[0].hardware is not None
    commands = [
        mend(
            plan, plan.regions[0], Refusal("VcpuLimitExceeded", f"vCPU limit of {limit} allows"), FACTS[AWS]
        )[1]
        for limit in (0, 64)
    ]
    wanted = [int(command.rpartition(" ")[2]) for command in commands]
    assert wanted[1] - wanted[0] == 64
    assert wanted[0] > 0


def test_only_spot_is_told_of_the_fallback() -> None:
    refusal = Refusal("InsufficientInstanceCapacity", "none")
    told = {
        purchase: mend(plan, plan.regions[0], refusal, FACTS[AWS])[0]
        for purchase in ("on-demand", "spot", "spot-with-fallback")
        for plan in [make_plan(lines(AWS, "l4", purchase))]
    }
    assert [purchase for purchase, words in told.items() if "hardware.purchase" in words] == ["spot"]


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Refusal("Unsupported", "not here"), "choose another hardware.gpu or region"),
        (Refusal("", "something else"), "look at the group's activities in the cloud's console (fleet)"),
    ],
)
def test_other_refusals(refusal: Refusal, words: str) -> None:
    plan = make_plan(lines(AWS, "l4"))
    what, command = mend(plan, plan.regions[0], refusal, FACTS[AWS])
    assert what.startswith(words)
    assert command == ""
