"""Resource graphs as files: one resource a paragraph, in the order of names.

`python -m tests.modules.gcp.golden` writes them all anew; what then differs is what a deployment will see.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from tests.modules.declared import Declared
from tests.modules.gcp.program import graph, plan_of

CASES = Path(__file__).parent / "cases"
SETTING = re.compile(
    r"^(?:STACK|LOCATION|PROJECT|BUCKET|IMAGE|FLEETS|METRIC|SECRETS)=.*"
    r"|[\w.-]+-docker\.pkg\.dev/\S+@sha256:\w+",
    re.M,
)
"""The lines of an instance's scripts that this folder decides. The rest is tested where it is written."""
SCRIPTS = ("startup-script", "user-data")


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


def _shown(resource: Declared) -> dict[str, Any]:
    shown = dict(resource.inputs)
    if resource.type == "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate":
        metadata = dict(shown["metadata"])
        for script in set(SCRIPTS) & set(metadata):
            metadata[script] = SETTING.findall(_script(metadata[script]))
        shown["metadata"] = metadata
    if resource.type == "gcp:storage/bucketObject:BucketObject":
        shown["content"] = "…"
    if resource.type == "gcp:monitoring/dashboard:Dashboard":
        shown["dashboardJson"] = json.loads(shown["dashboardJson"])
    return shown


def _script(text: str) -> str:
    """The script, also where it is a file of a cloud-init document."""
    if not text.startswith("#cloud-config"):
        return text
    return "\n".join(file["content"] for file in yaml.safe_load(text)["write_files"])


def write() -> None:
    """Every case's graph."""
    for spec in sorted(CASES.glob("*.yaml")):
        found = golden(graph(plan_of(spec)))
        spec.with_suffix(".json").write_text(
            json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8"
        )


if __name__ == "__main__":
    write()
