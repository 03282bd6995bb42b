"""A case is a file: a spec, and the endpoint that SageMaker is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from tests.serving.managed.planned import CASES, endpoint_of

from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.managed.sagemaker_images import sagemaker_image

FILES = sorted(CASES.glob("sagemaker-*.yaml"))
REFUSED = sorted((CASES.parent / "refused").glob("sagemaker-*.yaml"))


@pytest.mark.parametrize("case", FILES, ids=lambda case: case.stem)
def test_a_spec_becomes_this_endpoint(case: Path) -> None:
    assert endpoint_of(case) == json.loads(case.with_suffix(".json").read_text("utf-8"))


def test_every_framework_with_an_image_has_a_case() -> None:
    frameworks = [yaml.safe_load(case.read_text("utf-8"))["framework"] for case in FILES]
    named = {each["name"] if isinstance(each, dict) else each for each in frameworks}
    assert named == {name for name, row in read_table("sagemaker-images").items() if "versions" in row}


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.stem)
def test_what_sagemaker_cannot_be_asked_for_is_said(case: Path) -> None:
    with pytest.raises(LlmdeployError) as refused:
        endpoint_of(case)
    told = case.read_text("utf-8").partition("\n")[0].removeprefix("# ")
    assert told in str(refused.value)


def test_nothing_of_a_container_is_a_secret() -> None:
    for case in FILES:
        names = set(endpoint_of(case)["container"]["environment"])
        assert not names & {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "API_KEY", "VLLM_API_KEY"}


def test_an_image_has_a_registry_in_every_region_that_has_one() -> None:
    accounts = read_table("sagemaker-images")["accounts"]
    regions = [*accounts["same"], *accounts["others"]]
    assert len(set(regions)) == len(regions) > 30
    for region in regions:
        name = sagemaker_image("vllm", region, None).name
        assert name.split(".")[0].isdigit()
        assert f".dkr.ecr.{region}." in name
    with pytest.raises(LlmdeployError, match="no registry of SageMaker's images is known in mars-1"):
        sagemaker_image("vllm", "mars-1", None)
    with pytest.raises(LlmdeployError, match=r"no image of vllm 0\.32\.0, only of 0\.30\.0, 0\.27\.1"):
        sagemaker_image("vllm", "us-east-1", "0.32.0")
    with pytest.raises(LlmdeployError, match="SageMaker has no image of triton"):
        sagemaker_image("triton", "us-east-1", None)
