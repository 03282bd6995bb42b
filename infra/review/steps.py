"""The engine's steps, by region, without the noise that every change makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from llmdeploy.infra.review.model import RegionReview, ResourceChange
from llmdeploy.infra.runner.events import PropertyChange, Step
from llmdeploy.stacks import names

_DIGEST_TAG: Final = re.compile(r"spec[-_]digest")
_SHOWN: Final = {"create", "update", "replace", "delete"}


def by_region(
    steps: Iterable[Step], regions: Sequence[str], digests: Sequence[str]
) -> tuple[RegionReview, ...]:
    """What happens in each region, then to what they share.

    Args:
        regions: all regions before and after the change.
        digests: of the specs before and after it, which every resource carries in a tag.
    """
    found: dict[str, list[ResourceChange]] = {name: [] for name in (*regions, "")}
    prefixes = sorted(((f"{names.region(name)}", name) for name in regions), key=lambda each: -len(each[0]))
    for step in steps:
        # The removal of the predecessor is told with its successor.
        if step.component or step.replaced or step.op not in _SHOWN:
            continue
        found[_region_of(step.name, prefixes)].append(resource_change(step, digests))
    return tuple(
        RegionReview(name, tuple(sorted(resources, key=_place)))
        for name, resources in found.items()
        if resources
    )


def _place(resource: ResourceChange) -> tuple[str, str, str]:
    """The engine goes through them in another order each time."""
    return resource.name, resource.type, resource.op


def resource_change(step: Step, digests: Sequence[str] = ()) -> ResourceChange:
    """What happens to one resource."""
    changes = tuple(change for change in step.changes if not _says_only_who(change, digests))
    tags_only = step.op == "update" and bool(step.changes) and not changes
    return ResourceChange(step.op, step.type, step.name, changes, tags_only, step.gone)


def _says_only_who(change: PropertyChange, digests: Sequence[str]) -> bool:
    """Whether the change is but the digest of the spec in a tag or a label."""
    if _DIGEST_TAG.search(change.path):
        return True
    values = (change.before, change.after)
    # Labels of Google's cloud are too short for a whole digest.
    return all(
        isinstance(value, str) and len(value) >= 32 and any(digest.startswith(value) for digest in digests)
        for value in values
    )


def _region_of(resource: str, prefixes: Sequence[tuple[str, str]]) -> str:
    for prefix, region in prefixes:
        if resource == prefix or resource.startswith(f"{prefix}-"):
            return region
    return ""
