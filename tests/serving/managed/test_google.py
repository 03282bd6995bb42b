"""A case is a file: a spec, and what Vertex AI or Cloud Run is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.serving.managed.planned import CASES, GOOGLE, endpoint_of

from llmdeploy.serving.errors import LlmdeployError

FILES = sorted(case for pattern in GOOGLE for case in CASES.glob(pattern))
REFUSED = sorted(case for pattern in GOOGLE for case in (CASES.parent / "refused").glob(pattern))


@pytest.mark.parametrize("case", FILES, ids=lambda case: case.stem)
def test_a_spec_becomes_this_endpoint(case: Path) -> None:
    assert endpoint_of(case) == json.loads(case.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.stem)
def test_what_google_cannot_be_asked_for_is_said(case: Path) -> None:
    with pytest.raises(LlmdeployError) as refused:
        endpoint_of(case)
    assert case.read_text("utf-8").partition("\n")[0].removeprefix("# ") in str(refused.value)


def test_an_endpoint_that_may_sleep_is_not_probed() -> None:
    probes = {case.stem: endpoint_of(case)["probe_s"] for case in FILES}
    assert {name for name, every in probes.items() if every == 0} == {"cloud-run-to-zero"}


def test_nothing_of_a_container_is_a_secret() -> None:
    for case in FILES:
        assert not set(endpoint_of(case)["container"]["environment"]) & {"HF_TOKEN", "API_KEY"}
