"""Plans and outputs of a deployment of two or three regions, of which nothing runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.infra.drill.world import OFFLINE

from llmdeploy.serving.load import load_spec
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.record import Record

SPEC = """\
name: chat
model: HuggingFaceTB/SmolLM2-135M-Instruct
framework: vllm
regions: [{regions}]
{more}
"""


def plan_of(folder: Path, *regions: str, more: str = "") -> Plan:
    spec = folder / "chat.yaml"
    spec.write_text(SPEC.format(regions=", ".join(regions), more=more))
    return build_plan(load_spec(spec, None), OFFLINE)


def outputs_of(plan: Plan, *evacuated: str, record: Record | None = None) -> dict[str, Any]:
    """What the stack says after an `up`.

    Args:
        record: None: of an older version, which kept none.
    """
    told = {"record": record.told()} if record is not None else {}
    return {"spec_digest": plan.spec_digest, "evacuated": list(evacuated), **told}
