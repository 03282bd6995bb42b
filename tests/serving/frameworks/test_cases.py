"""A case is a file: a spec, and what its server is started with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.serving.frameworks.cases import CASES, launch_of

from llmdeploy.serving.frameworks.render import SERVERS
from llmdeploy.serving.metrics.places import names_of


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_spec_starts_its_server_so(case: Path) -> None:
    _, launch = launch_of(case)
    assert launch.model_dump(mode="json", exclude_defaults=True) == json.loads(
        case.with_suffix(".json").read_text("utf-8")
    )


def test_every_server_has_a_case_and_metric_names() -> None:
    launches = dict(launch_of(case) for case in CASES)
    assert set(launches) == set(SERVERS)
    for launch in launches.values():
        assert names_of(launch.metrics).requests
