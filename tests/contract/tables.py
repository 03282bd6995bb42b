"""Which change of a spec touches what: files of one deployment and many changes of it.

    base     the spec that is up
    changes  by name: `set`, laid over the base (mappings merge, null removes, anything else replaces);
             `why`, what an engineer should say to the lines; and `touches`, all that the engine's preview has

`python -m tests.contract.tables FILE…` writes `touches` anew: read what differs before it is kept.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml
from tests.contract.steps import touched
from tests.contract.world import World, make_world

from llmdeploy.serving.plan.model import Plan

TABLES = Path(__file__).parent / "changes"


def read(file: Path) -> dict[str, Any]:
    """A table."""
    content = yaml.safe_load(file.read_text("utf-8"))
    assert isinstance(content, dict)
    return content


def plan_of(world: World, spec: Mapping[str, Any]) -> Plan:
    """The plan of a spec given as data."""
    return world.plan(yaml.safe_dump(dict(spec), sort_keys=False))


def changed(spec: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """The spec with a change laid over it."""
    result = dict(spec)
    for key, value in over.items():
        before = result.pop(key, None)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            result[key] = changed(before, value)
        elif value is not None:
            result[key] = value
    return result


def previews(world: World, table: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """What each change would touch, by its name; the base must be up."""
    before = _regions(plan_of(world, table["base"]))
    for name, change in table["changes"].items():
        plan = plan_of(world, changed(table["base"], change["set"]))
        yield name, list(touched(world.preview(plan), before, _regions(plan)))


def _regions(plan: Plan) -> list[str]:
    return [region.name for region in plan.regions]


def write(file: Path) -> None:
    """The table with what its changes touch now."""
    table = read(file)
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(make_world(Path(folder))) as world,
        world.attached(),
    ):
        world.up(plan_of(world, table["base"]))
        for name, lines in previews(world, table):
            table["changes"][name]["touches"] = lines
    file.write_text(yaml.safe_dump(table, sort_keys=False, width=200, allow_unicode=True), "utf-8")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        write(Path(argument))
