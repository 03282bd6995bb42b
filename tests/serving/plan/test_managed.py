"""Managed regions in a plan: which service and why, the endpoint, and what a service does not run."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.models.kept import keep_description, own_models
from llmdeploy.serving.models.local import describe_folder
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan

MACHINE = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
HUB = "name: chat\nmodel: {id: Qwen/Qwen3-8B, context_length: 8192}\nframework: vllm\nvariant: managed\n"
BUCKET = "name: chat\nmodel: s3://acme-models/chat\nframework: vllm\nvariant: managed\nmanaged: bedrock\n"
LLAMA = (
    '{"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, '
    '"num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256, '
    '"max_position_embeddings": 131072, "torch_dtype": "bfloat16"}'
)


def plan_of(text: str, overlay: Path | None = None) -> Plan:
    return build_plan(parse_spec(text, "chat.yaml"), MACHINE, overlay)


def described(tmp_path: Path, config: str) -> Path:
    """An overlay that knows the model of `BUCKET` by its config.json."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text(config)
    keep_description(own_models(tmp_path / "catalog"), "s3://acme-models/chat", describe_folder(folder))
    return tmp_path / "catalog"


def test_the_service_of_each_cloud_with_its_reason() -> None:
    plan = plan_of(
        f"{HUB}regions: [aws/us-east-1, gcp/us-central1, {{name: gcp/europe-west4, scaling: {{min: 0}}}}]\n"
    )
    services = [region.managed.service for region in plan.regions if region.managed]
    assert services == ["sagemaker", "vertex", "cloud-run"]
    reasons = {one.path: one.reason for one in plan.decisions if one.path.endswith("managed.service")}
    assert reasons["gcp/europe-west4.managed.service"] == (
        "scaling.min is 0, and Vertex AI keeps at least one replica"
    )
    assert reasons["aws/us-east-1.managed.service"].startswith("runs any of the framework's containers")


def test_a_service_that_the_spec_names_needs_no_reason() -> None:
    plan = plan_of(f"{HUB}managed: cloud-run\nregions: [gcp/us-central1]\n")
    assert not [one for one in plan.decisions if one.path.endswith("managed.service")]


def test_a_cloud_run_region_is_one_l4_that_may_sleep() -> None:
    (region,) = plan_of(f"{HUB}regions: [{{name: gcp/us-central1, scaling: {{min: 0}}}}]\n").regions
    assert region.hardware is not None
    assert (region.hardware.instance, region.hardware.gpu, region.hardware.gpus) == ("nvidia-l4", "l4", 1)
    assert (region.min_replicas, region.max_replicas) == (0, 1)
    assert region.managed is not None
    assert region.managed.probe_s == 0


def test_a_sagemaker_region_that_may_sleep_scales_copies_and_costs_nothing_at_least() -> None:
    plan = plan_of(f"{HUB}regions: [{{name: aws/us-east-1, scaling: {{min: 0, max: 3}}}}, aws/us-west-2]\n")
    asleep, awake = plan.regions
    assert asleep.managed is not None
    assert awake.managed is not None
    assert asleep.managed.component is not None
    assert awake.managed.component is None
    assert (asleep.min_replicas, asleep.max_replicas) == (0, 3)
    # One instance more, for the copy that an update starts before it ends another.
    assert (asleep.managed.component.accelerators, asleep.managed.component.instances) == (1, 4)
    assert (asleep.managed.probe_s, awake.managed.probe_s) == (0, 15)
    assert '"component"' not in awake.model_dump_json()
    assert plan.cost is not None
    instances = {row.region: row.least_usd for row in plan.cost.rows if "on-demand" in row.item}
    assert instances["aws/us-east-1"] == 0 < instances["aws/us-west-2"]
    reasons = {one.path: one.reason for one in plan.decisions}
    assert reasons["aws/us-east-1.managed.service"].endswith("and none while nobody asks")
    assert not reasons["aws/us-west-2.managed.service"].endswith("and none while nobody asks")


def test_an_imported_model_has_no_container_and_sleeps(tmp_path: Path) -> None:
    plan = plan_of(f"{BUCKET}regions: [aws/us-east-1]\n", described(tmp_path, LLAMA))
    (region,) = plan.regions
    assert region.managed is not None
    assert (region.managed.container, region.managed.probe_s) == (None, 0)
    assert (region.managed.unit, region.managed.weights) == ("custom model unit", "s3://acme-models/chat")
    assert (region.min_replicas, region.max_replicas) == (0, 1)
    assert region.hardware is not None
    assert region.hardware.instance == "2 × custom model unit"
    assert any("does not say on what it runs" in warning for warning in plan.warnings)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (
            ("llama", "gemma3_text"),
            "in aws/us-west-2 does not run models of the kind gemma3_text",
        ),
        (("131072", "262144"), "takes models of at most 131072 tokens, and this one has 262144"),
        (('"num_hidden_layers": 32', '"num_hidden_layers": 480'), "takes weights below 186 GiB"),
    ],
)
def test_a_model_that_cannot_be_imported(changed: tuple[str, str], problem: str, tmp_path: Path) -> None:
    overlay = described(tmp_path, LLAMA.replace(*changed))
    with pytest.raises(SpecErrors) as raised:
        plan_of(f"{BUCKET}regions: [aws/us-west-2]\n", overlay)
    assert any(problem in one.problem and one.path == "model.id" for one in raised.value.problems)


def test_a_kind_of_model_that_one_region_alone_runs(tmp_path: Path) -> None:
    config = (
        '{"model_type": "gpt_oss", "hidden_size": 2880, "intermediate_size": 2880, "num_hidden_layers": 24, '
        '"num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 64, "vocab_size": 201088, '
        '"max_position_embeddings": 131072, "num_local_experts": 32, "num_experts_per_tok": 4, '
        '"torch_dtype": "bfloat16"}'
    )
    with pytest.raises(SpecErrors) as raised:
        plan_of(f"{BUCKET}regions: [aws/us-east-1, aws/us-west-2]\n", described(tmp_path, config))
    assert [one.problem for one in raised.value.problems] == [
        "Bedrock import in aws/us-west-2 does not run models of the kind gpt_oss; us-east-1 does"
    ]


def test_a_container_of_another_version_than_the_catalogs_is_told() -> None:
    plan = plan_of(f"{HUB}regions: [aws/us-east-1, gcp/us-central1]\n")
    told = [warning for warning in plan.warnings if "runs the container" in warning]
    assert len(told) == 1
    assert told[0].startswith("aws/us-east-1: SageMaker endpoint runs the container 0.30.0-gpu")
    assert "not vllm 0.32.0, whose flags and speed are planned with" in told[0]


def test_weights_that_have_no_room_in_memory_are_refused_where_there_is_no_disk() -> None:
    text = HUB.replace("Qwen/Qwen3-8B", "Qwen/Qwen3-14B") + "quantization: fp8\n"
    assert plan_of(f"{text}regions: [gcp/us-central1]\n").regions[0].managed
    with pytest.raises(SpecErrors, match=r"holds weights below 26 GiB in its memory, and these are 28"):
        plan_of(f"{text}managed: cloud-run\nregions: [gcp/us-central1]\n")


def test_overflow_gets_no_share_of_the_peak() -> None:
    text = HUB.replace(
        "variant: managed\n", "target: {requests_per_second: 4}\nhardware: {gpu: l4, count: 1}\n"
    )
    alone = plan_of(f"{text}regions: [aws/us-east-1]\n").regions[0]
    primary, overflow = plan_of(
        f"{text}regions: [aws/us-east-1, {{name: aws/us-west-2, role: overflow}}]\n"
    ).regions
    assert primary.max_replicas == alone.max_replicas > overflow.max_replicas == 1
    assert (primary.turn, overflow.turn) == ("primary", "overflow")


def test_regions_of_this_machine_have_their_turns_too() -> None:
    text = "name: chat\nmodel: Qwen/Qwen3-8B\nframework: vllm\n"
    plan = plan_of(f"{text}regions: [local/a, {{name: local/b, role: overflow}}]\n")
    assert [region.turn for region in plan.regions] == ["primary", "overflow"]
