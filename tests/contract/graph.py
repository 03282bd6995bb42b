"""Resource graphs as files, a resource a line below its parent: what a deployment of each spec consists of.

`python -m tests.contract.graph` writes them all anew; a name that differs makes another resource of it.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.contract.world import World, make_world

from llmdeploy.infra.runner.events import Step

SPECS = Path(__file__).parent / "specs"
GRAPHS = Path(__file__).parent / "graphs"


def graph(steps: Iterable[Step]) -> str:
    """The graph of a first preview or `up`."""
    children: dict[str, list[Step]] = defaultdict(list)
    # A component is told of twice: when it begins, and with its outputs.
    for step in {step.urn: step for step in steps if step.op == "create"}.values():
        children[step.parent].append(step)
    return "".join(f"{line}\n" for line in _below("", children, 0))


def _below(parent: str, children: dict[str, list[Step]], depth: int) -> Iterator[str]:
    for step in sorted(children[parent], key=lambda each: (each.type, each.name)):
        yield f"{'  ' * depth}{step.type} {step.name}"
        yield from _below(step.urn, children, depth + 1)


def golden(spec: Path) -> Path:
    """The file of a spec's graph."""
    return GRAPHS / f"{spec.stem}.txt"


def write(world: World) -> None:
    """Every graph."""
    for spec in sorted(SPECS.glob("*.yaml")):
        golden(spec).write_text(graph(world.preview(world.plan(spec.read_text("utf-8"))).steps), "utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = make_world(Path(folder))
        with made.attached():
            write(made)
