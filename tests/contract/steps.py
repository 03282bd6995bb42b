"""What an engine run did, as lines that a person can review."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from llmdeploy.infra.runner.events import Step
from llmdeploy.infra.runner.result import RunResult

DIGEST = re.compile(
    r"spec-digest|^(tags|labels|userLabels|tagsAll|effectiveLabels|pulumiLabels)$|^tags\[\d+\]"
)
"""Where a resource says which spec made it, which every change of a spec changes."""


def changing(steps: Iterable[Step]) -> Sequence[Step]:
    """Those that make, change or remove something: no reads, no components, what is replaced only once."""
    return [step for step in steps if step.op != "read" and not step.component and not step.replaced]


def exact(steps: Iterable[Step]) -> Sequence[str]:
    """Every step in full, in the order of names: what a preview must have said before."""
    return sorted(f"{step.op} {step.type} {step.name} {_paths(step)}" for step in changing(steps))


def touched(result: RunResult, before: Collection[str], after: Collection[str]) -> Sequence[str]:
    """One line for each resource that is touched by more than the spec's digest. What is alike in all of a
    cloud's regions is one line, with * for the region, and a region that comes or goes is one line.

    Args:
        before: the regions before, such as `aws/us-east-1`.
        after: the regions after.
    """
    regions = sorted({*before, *after})
    alike: dict[str, dict[str, str]] = defaultdict(dict)
    for step in changing(result.steps):
        if step.op != "update" or _lasting(step):
            line = _line(step, {*before} ^ {*after})
            region = next((each for each in regions if _place(each).search(line)), "")
            alike[_place(region).sub("*", line, 1) if region else line][region] = line
    return sorted(
        line for pattern, by_region in alike.items() for line in _folded(pattern, by_region, regions)
    )


def _folded(pattern: str, by_region: dict[str, str], regions: Collection[str]) -> Iterable[str]:
    cloud = _cloud(next(iter(by_region)))
    siblings = [region for region in regions if _cloud(region) == cloud]
    return [pattern] if 1 < len(siblings) == len(by_region) else by_region.values()


def _line(step: Step, moving: Collection[str]) -> str:
    for region in moving:
        if step.op in {"create", "delete"} and step.name.startswith(region.replace("/", "-")):
            return f"{step.op} all of {region}"
    told = f"{step.op} {step.type.rpartition(':')[2]} {step.name}"
    if step.op == "replace":
        causes = [change.path for change in step.changes if change.kind == "replace"]
        return f"{told}: {', '.join(causes)}"
    return f"{told}: {', '.join(_lasting(step))}" if step.op == "update" else told


def _paths(step: Step) -> list[str]:
    return sorted(change.path for change in step.changes)


def _lasting(step: Step) -> list[str]:
    return [path for path in _paths(step) if not DIGEST.search(path)]


def _place(region: str) -> re.Pattern[str]:
    """Its location in a logical name."""
    return re.compile(rf"(?<=-){re.escape(region.partition('/')[2])}\b")


def _cloud(region: str) -> str:
    return region.partition("/")[0]
