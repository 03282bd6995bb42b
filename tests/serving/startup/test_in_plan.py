"""The start of replicas as a part of a plan."""

from __future__ import annotations

from pathlib import Path

from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.plan.start import check_start

LAPTOP = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
SPEC = """name: chat
model: {model}
framework: {framework}
regions: [{region}]
"""


def planned(
    folder: Path, more: str = "", *, region: str = "aws/us-east-1", framework: str = "vllm",
    model: str = "Qwen/Qwen2.5-7B-Instruct",
) -> Plan:  # fmt: skip
    path = folder / "chat.yaml"
    path.write_text(SPEC.format(model=model, framework=framework, region=region) + more)
    return build_plan(load_spec(path, None), LAPTOP)


def stored(plan: Plan) -> float:
    """GiB of weights that the disk makes room for."""
    startup = plan.regions[0].startup
    assert startup is not None
    return startup.disk.needed_gib - 12 - 27 - 10


def test_the_time_out_of_the_server_is_the_budget(tmp_path: Path) -> None:
    (region,) = planned(tmp_path).regions
    assert region.startup is not None
    assert region.server.startup_timeout_s == region.startup.timeout_s


def test_what_is_quantized_while_it_loads_is_stored_whole(tmp_path: Path) -> None:
    whole = stored(planned(tmp_path))
    assert 14 <= whole <= 16
    assert stored(planned(tmp_path, "quantization: fp8\n")) == whole


def test_a_quantized_checkpoint_is_stored_as_it_is(tmp_path: Path) -> None:
    found = stored(planned(tmp_path, "quantization: int4\n", model="Qwen/Qwen2.5-7B-Instruct-AWQ"))
    assert 5 <= found <= 7


def test_a_local_plan_has_no_start(tmp_path: Path) -> None:
    plan = planned(tmp_path, region="local/a")
    assert plan.regions[0].startup is None
    assert '"startup":' not in plan.model_dump_json()


def test_a_long_start_is_said(tmp_path: Path) -> None:
    more = "hardware: {gpu: b200, count: 8}\n"
    aws = planned(tmp_path, more, model="moonshotai/Kimi-K2-Instruct", region="aws/us-east-1")
    assert said(aws) == ["aws/us-east-1: a replica may take up to 66 minutes to start"]


def test_a_start_that_google_would_not_let_end_is_refused(tmp_path: Path) -> None:
    plan = planned(tmp_path, region="gcp/us-central1")
    start = plan.regions[0].startup
    assert start is not None
    draft = Draft(load_spec(tmp_path / "chat.yaml", None), LAPTOP)
    slow = start.model_copy(update={"expected_s": 3900, "timeout_s": 6000})
    (problem,) = check_start(draft, 0, "gcp/us-central1", slow).problems
    assert problem.path == "regions[0]"
    assert problem.problem.startswith("a replica takes 65 minutes to start (boot 3 min, image ")
    assert problem.problem.endswith("a managed instance group replaces one that is not ready after 60")
    assert problem.mend
    assert not check_start(draft, 0, "aws/us-east-1", slow).problems
    unlucky = start.model_copy(update={"expected_s": 2700, "timeout_s": 4050})
    assert check_start(draft, 0, "gcp/us-central1", unlucky).warnings == (
        "gcp/us-central1: a replica may take up to 68 minutes to start; the instance group gives it 60",
    )


def said(plan: Plan) -> list[str]:
    return [each for each in plan.warnings if "minutes to start" in each]
