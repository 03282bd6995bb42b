"""Cases as files: a deployment, and what sizing must say of it.

`model`, `gpu` and the fields of SizingRequest in; under `expect`, attributes of the Sizing and of its memory,
and `fewest` for the GPUs that it needs at least. Numbers with a fraction are compared to 0.5 %.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.models.lookup import model_architecture
from llmdeploy.serving.sizing.mend import least_gpus, size_with_mend
from llmdeploy.serving.sizing.request import SizingRequest

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case: Path) -> None:
    given: dict[str, Any] = yaml.safe_load(case.read_text("utf-8"))
    expect = given.pop("expect")
    architecture, gpu = model_architecture(given.pop("model")), gpus()[given.pop("gpu")]
    request = SizingRequest(architecture, gpu, **given)
    sizing, fewest = size_with_mend(request), least_gpus(request)
    found = {name: getattr(sizing, name) for name in expect if hasattr(sizing, name)}
    found |= {name: getattr(sizing.memory, name) for name in expect if hasattr(sizing.memory, name)}
    if "fewest" in expect:
        found["fewest"] = size_with_mend(fewest).gpus if fewest is not None else None
    found = {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}
    assert found == {name: _close(value) for name, value in expect.items()}


def _close(value: Any) -> Any:
    return pytest.approx(value, rel=0.005) if isinstance(value, float) else value
