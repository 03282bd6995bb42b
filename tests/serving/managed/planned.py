"""A case is a spec, with the endpoint of its first region beside it; or what is wrong with it, in `refused`.

`python -m tests.serving.managed.planned` writes the endpoints anew: read what differs before it is kept.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from llmdeploy.serving.catalog.table import read_row
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.models.description import Description
from llmdeploy.serving.plan.build import build_plan

CASES = Path(__file__).parent / "cases"
GOOGLE = ("vertex-*.yaml", "cloud-run-*.yaml")
MACHINE = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")


def endpoint_of(case: Path) -> dict[str, Any]:
    """What the plan has of it, without the limits, which are the catalog's."""
    managed = build_plan(load_spec(case, None), MACHINE, describe=described).regions[0].managed
    assert managed is not None
    return managed.model_dump(mode="json", exclude={"limits"}, exclude_none=True)


def described(name: str, revision: str | None) -> Description:
    """A model in a bucket: as Qwen's."""
    assert name.startswith(("s3://", "gs://"))
    config = read_row("models", "Qwen/Qwen2.5-7B-Instruct")["config"]
    return Description(config, None, f"config.json of {name}")


def write() -> None:
    """Every case's endpoint."""
    for case in sorted(CASES.glob("*.yaml")):
        shown = json.dumps(endpoint_of(case), indent=1, ensure_ascii=False)
        case.with_suffix(".json").write_text(f"{shown}\n", "utf-8")


if __name__ == "__main__":
    write()
