"""Resource graphs as files: one resource a paragraph, in the order of names.

`python -m tests.modules.aws.golden` writes them all anew; what then differs is what a deployment will see.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

from tests.modules.aws.program import graph, plan_of
from tests.modules.declared import Declared

CASES = Path(__file__).parent / "cases"
SETTING = re.compile(
    r"^(?:STACK|LOCATION|BUCKET|IMAGE|LOG_GROUP|TARGET_GROUPS|METRIC|SECRETS|FILES)=.*", re.M
)
"""The lines of the scripts that this folder decides. The rest is tested where it is written."""
DOCUMENTS = ("policy", "assumeRolePolicy", "containerDefinitions", "dashboardBody")
"""Properties that hold JSON as text."""


def golden(declared: list[Declared]) -> list[dict[str, Any]]:
    """The graph as its file has it."""
    return [
        {
            "type": each.type,
            "name": each.name,
            "parent": each.parent,
            "inputs": _shown(each),
            **({"options": each.options} if each.options else {}),
        }
        for each in declared
    ]


def script(user_data: str) -> str:
    """What cloud-init makes of user data."""
    content = base64.b64decode(user_data)
    return (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode()


def _shown(resource: Declared) -> dict[str, Any]:
    shown = {
        name: json.loads(value) if name in DOCUMENTS and isinstance(value, str) else value
        for name, value in resource.inputs.items()
    }
    if "userData" in shown:
        shown["userData"] = SETTING.findall(script(shown["userData"]))
    for container in shown.get("containerDefinitions", []):
        if "entryPoint" in container:
            container["entryPoint"] = SETTING.findall(container["entryPoint"][-1])
    if resource.type == "aws:s3/bucketObjectv2:BucketObjectv2":
        shown["content"] = "…"
    return shown


def write() -> None:
    """Every case's graph."""
    for spec in sorted(CASES.glob("*.yaml")):
        found = golden(graph(plan_of(spec)))
        spec.with_suffix(".json").write_text(
            json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8"
        )


if __name__ == "__main__":
    write()
