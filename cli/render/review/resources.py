"""What happens to resources, region by region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from llmdeploy.cli.render.review.detail import Detail
from llmdeploy.cli.render.review.escape import block, code
from llmdeploy.cli.render.review.markdown import fold
from llmdeploy.cli.render.review.properties import property_lines
from llmdeploy.cli.render.steps import WORDS
from llmdeploy.infra.review.model import RegionReview, ResourceChange

SHARED: Final = "shared by all regions"
_ORDER: Final = ("replace", "delete", "create", "update")


def region_title(region: RegionReview) -> str:
    """What a reader calls it."""
    return region.name or SHARED


def regions_told(regions: Sequence[RegionReview], detail: Detail) -> Iterator[str]:
    """A fold for each region."""
    told = [region for region in regions if _worth_telling(region)]
    for region in told[: detail.rows]:
        yield fold(
            f"{code_html(region_title(region))}: {_counted(region)}", "\n\n".join(_parts(region, detail))
        )
    if len(told) > detail.rows:
        yield f"… {len(told) - detail.rows} more regions"


def code_html(text: str) -> str:
    """Code inside a fold's line, where Markdown does not reach."""
    from html import escape

    return f"<code>{escape(text)}</code>"


def changes_of(resources: Sequence[ResourceChange], detail: Detail) -> str:
    """Properties of several resources, in one diff."""
    return block("\n".join(_diff_lines(resources, detail)), "diff")


def _worth_telling(region: RegionReview) -> bool:
    return any(not resource.tags_only for resource in region.resources)


def _counted(region: RegionReview) -> str:
    counts = region.counts
    parts = [f"{getattr(counts, op)} to {op}" for op in _ORDER if getattr(counts, op)]
    return ", ".join(parts)


def _parts(region: RegionReview, detail: Detail) -> Iterator[str]:
    for op in _ORDER:
        found = [each for each in region.resources if each.op == op and not each.tags_only]
        if not found:
            continue
        told = [each for each in found if each.changes and (detail.properties or op == "replace")]
        if told:
            yield changes_of(told, detail)
        rest = [each for each in found if each not in told]
        if rest:
            yield _list(rest, detail) if detail.resources else _types(op, rest)


def _diff_lines(resources: Sequence[ResourceChange], detail: Detail) -> Iterator[str]:
    for resource in resources:
        words = WORDS[resource.op]
        gone = ", which is gone" if resource.gone else ""
        yield f"{_sign(resource)} {words.plan} {resource.type} {resource.name}{gone}"
        for change in resource.changes:
            yield from property_lines(change, detail)


def _sign(resource: ResourceChange) -> str:
    """What colours the line of a diff."""
    return {"create": "+", "delete": "-"}.get(resource.op, "!")


def _list(resources: Sequence[ResourceChange], detail: Detail) -> str:
    lines = [f"{WORDS[each.op].sign} {each.type} {each.name}" for each in resources[: detail.rows]]
    if len(resources) > detail.rows:
        lines.append(f"  … {len(resources) - detail.rows} more")
    return block("\n".join(lines), "diff")


def _types(op: str, resources: Sequence[ResourceChange]) -> str:
    tally = Counter(each.type.rpartition(":")[2] for each in resources)
    counted = ", ".join(f"{number} × {code(name)}" for name, number in sorted(tally.items()))
    return f"to {op}: {counted}"
