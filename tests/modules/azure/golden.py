"""Resource graphs as files: one resource a paragraph, in the order of names.

`python -m tests.modules.azure.golden` writes them all anew; what then differs is what a deployment will see.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.modules.azure.program import graph, plan_of
from tests.modules.declared import Declared

CASES = Path(__file__).parent / "cases"


def golden(declared: list[Declared]) -> list[dict[str, Any]]:
    """The graph as its file has it."""
    return [
        {
            "type": each.type,
            "name": each.name,
            "parent": each.parent,
            "inputs": each.inputs,
            **({"options": each.options} if each.options else {}),
        }
        for each in declared
    ]


def write() -> None:
    """Every case's graph."""
    for spec in sorted(CASES.glob("*.yaml")):
        found = golden(graph(plan_of(spec)))
        text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True)
        spec.with_suffix(".json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    write()
