"""What a plan needs of which quota, by the cloud's own code and unit."""

from __future__ import annotations

import pytest

from llmdeploy.infra.preflight.clouds.protocol import Held
from llmdeploy.infra.preflight.needs import project_needs, region_needs

OPEN = "variant: managed\nmodel: Qwen/Qwen2.5-7B-Instruct\n"
# Spec lines → (code, dimension, least, most), the GPU quotas alone.
CASES = {
    "on demand, one replica; g6.xlarge has 4 vCPU": (
        "regions: [aws/us-east-1]\nhardware: {gpu: l4}",
        [("L-DB2E81BA", "", 4, 8)],
    ),
    "three replicas, and one that a rollout starts before it ends an old one": (
        "regions: [aws/us-east-1]\nhardware: {gpu: l4}\nscaling: {min: 2, max: 3}",
        [("L-DB2E81BA", "", 8, 16)],
    ),
    "spot has its own quota": (
        "regions: [aws/us-east-1]\nhardware: {gpu: l4, purchase: spot}",
        [("L-3819A6DF", "", 4, 8)],
    ),
    "a fallback must carry the fewest replicas alone; spot need not": (
        "regions: [aws/us-east-1]\nhardware: {gpu: l4, purchase: spot-with-fallback}",
        [("L-3819A6DF", "", 0, 8), ("L-DB2E81BA", "", 4, 8)],
    ),
    "p5 instances on demand share the P quota": (
        "regions: [aws/us-east-1]\nhardware: {gpu: h100}",
        [("L-417A185B", "", 16, 32)],
    ),
    "their spot quota is their own": (
        "regions: [aws/us-east-1]\nhardware: {gpu: h100, purchase: spot}",
        [("L-C4BD4855", "", 16, 32)],
    ),
    "p4 spot": (
        "regions: [aws/us-east-1]\nquantization: bf16\nhardware: {gpu: a100-40gb, purchase: spot}",
        [("L-7212CCBC", "", 96, 192)],
    ),
    "p6 spot: a quota of unknown code": (
        "regions: [aws/us-east-2]\nhardware: {gpu: b200, purchase: spot}",
        [("", "", 192, 384)],
    ),
    "Google counts GPUs, by model": (
        "regions: [gcp/us-central1]\nhardware: {gpu: l4, count: 2}",
        [("NVIDIA-L4-GPUS-per-project-region", "", 2, 4)],
    ),
    "preemptible ones apart": (
        "regions: [gcp/us-central1]\nquantization: bf16\nhardware: {gpu: a100-80gb, purchase: spot}",
        [("PREEMPTIBLE-NVIDIA-A100-80GB-GPUS-per-project-region", "", 1, 2)],
    ),
    "from the H100 on by family": (
        "regions: [gcp/us-central1]\nhardware: {gpu: h100, count: 8}",
        [("GPUS-PER-GPU-FAMILY-per-project-region", "NVIDIA_H100", 8, 16)],
    ),
    "what is not sold on demand takes preemptible quota": (
        "regions: [gcp/us-central1]\nhardware: {gpu: h100, count: 1, purchase: spot}",
        [("PREEMPTIBLE-NVIDIA-H100-GPUS-per-project-region", "", 1, 2)],
    ),
    "an endpoint of SageMaker has a quota of its own, by name": (
        f"{OPEN}regions: [aws/us-east-1]\nhardware: {{gpu: l4}}\nscaling: {{min: 1, max: 3}}",
        [("ml.g6.xlarge for endpoint usage", "", 1, 3)],
    ),
    "and one of Vertex, which counts GPUs": (
        f"{OPEN}regions: [gcp/us-central1]\nhardware: {{gpu: l4, count: 2}}",
        [("aiplatform.googleapis.com/custom_model_serving_nvidia_l4_gpus", "", 2, 2)],
    ),
}
_OTHERS = {"L-F678F1CE", "L-0263D0A3", "L-3032A538", "CPUS-per-project-region", "A2-CPUS-per-project-region"}


def shown(needs):
    return [
        (
            _called(each.name) if each.name else "",
            each.name.family if each.name else "",
            each.least,
            each.most,
        )
        for each in needs
        if each.name is None or each.name.code not in _OTHERS
    ]


def _called(name):
    return name.code or name.title or name.metric


@pytest.mark.parametrize("case", CASES)
def test_gpu_quotas(case, make_plan):
    lines, expected = CASES[case]
    assert shown(region_needs(make_plan(lines).regions[0])) == expected


def test_a_region_of_aws_takes_a_network_an_address_and_gateways(make_plan):
    region = make_plan("regions: [aws/us-east-1]\nhardware: {gpu: l4}").regions[0]
    needs = {each.name.code: each for each in region_needs(region)}
    assert needs["L-F678F1CE"].least == needs["L-0263D0A3"].least == 1
    fargate = needs["L-3032A538"]
    tier = region.gateway_tier
    assert (fargate.least, fargate.most) == (tier.least * tier.vcpu, tier.most * tier.vcpu)
    # What the stack itself has of them is not asked for twice.
    assert fargate.own(lambda location: Held(networks=1)) == fargate.least
    assert fargate.own(lambda location: Held()) == 0


def test_google_counts_the_gpus_of_all_regions_together(make_plan):
    plan = make_plan(
        "regions: [gcp/us-central1, gcp/europe-west4, aws/us-east-1]\nhardware: {gpu: l4}\nscaling: {max: 2}"
    )
    (need,) = project_needs(plan)
    assert (need.where, need.location, need.name.metric) == ("gcp", "", "GPUS_ALL_REGIONS")
    # A group of Google's may start as many new ones as it has old ones, or zones.
    assert (need.least, need.most) == (2, 8)
    assert need.own(lambda location: Held(on_demand=2 if location == "us-central1" else 0)) == 2


@pytest.mark.parametrize(
    ("lines", "code", "least", "most"),
    [
        ("hardware: {gpu: l4}", "CPUS-per-project-region", 0, 0),
        ("hardware: {gpu: t4}\nquantization: fp16", "CPUS-per-project-region", 8, 16),
        ("hardware: {gpu: a100-80gb}\nquantization: bf16", "A2-CPUS-per-project-region", 12, 24),
    ],
)
def test_gateways_and_n1_machines_share_googles_cpus_and_a2_machines_have_their_own(
    make_plan, lines, code, least, most
):
    region = make_plan(f"regions: [gcp/us-central1]\n{lines}").regions[0]
    needs = {each.name.code: each for each in region_needs(region)}
    tier = region.gateway_tier
    gateways = (tier.least * 2, tier.most * 2) if code.startswith("CPUS") else (0, 0)
    assert (needs[code].least - gateways[0], needs[code].most - gateways[1]) == (least, most)
    held = needs[code].own(lambda location: Held(on_demand=1, networks=1))
    assert held == gateways[0] + least


def test_a_plan_without_google_needs_none_of_it(make_plan):
    assert not list(project_needs(make_plan("regions: [aws/us-east-1]\nhardware: {gpu: l4}")))


def test_own_instances_count_in_vcpu_by_purchase(make_plan):
    region = make_plan("regions: [aws/us-east-1]\nhardware: {gpu: l4, purchase: spot-with-fallback}").regions[
        0
    ]
    spot, on_demand = list(region_needs(region))[:2]
    held = Held(on_demand=1, spot=3)
    assert (spot.own(lambda location: held), on_demand.own(lambda location: held)) == (12, 4)
