"""One spec's part of a comment."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.cli.render.review.detail import Detail
from llmdeploy.cli.render.review.escape import code, plain
from llmdeploy.cli.render.review.markdown import fold, table
from llmdeploy.cli.render.review.money import money_rows
from llmdeploy.cli.render.review.resources import SHARED, changes_of, regions_told
from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.infra.review.model import GpuRow, Review
from llmdeploy.serving.plan.cost import MONTH_HOURS

_VERDICTS = {"ok": "granted", "warning": "warning", "allowed": "let pass", "failed": "**refused**"}
_RISK_LEVELS = {"high": "**high**", "medium": "medium", "low": "low"}


def section(review: Review, detail: Detail) -> str:
    """The part, from what everybody reads to what is folded."""
    parts = _refused(review) if not review.ok else _reviewed(review, detail)
    return "\n\n".join([_title(review), *parts])


def _title(review: Review) -> str:
    environment = f", environment {code(review.environment)}" if review.environment else ""
    return f"### {code(review.spec)}: stack {code(review.stack)}{environment}"


def _refused(review: Review) -> Iterator[str]:
    if review.kind == "invalid":
        count = len(review.problems)
        yield f"**The spec has {count} error{'s' if count != 1 else ''}.** Nothing else was looked at."
        yield "\n".join(f"- {plain(str(problem))}" for problem in review.problems)
        return
    yield f"**There is no preview:** {plain(review.error)}"
    if review.mend:
        yield f"→ {plain(review.mend)}"


def _reviewed(review: Review, detail: Detail) -> Iterator[str]:
    yield plain(review.headline)
    yield from _risks(review, detail)
    yield from _regions(review, detail)
    yield from _money(review, detail)
    yield from _gpus(review, detail)
    yield from _differences(review, detail)
    yield from _resources(review, detail)
    yield from _drift(review, detail)
    yield from _quota(review, detail)
    yield from _decisions(review, detail)
    yield from _notes(review)


def _risks(review: Review, detail: Detail) -> Iterator[str]:
    if review.risks:
        rows = [(_RISK_LEVELS[each.level], plain(each.what), plain(each.mend)) for each in review.risks]
        yield table(("Risk", "What", "What to do"), rows, detail)


def _regions(review: Review, detail: Detail) -> Iterator[str]:
    if not review.regions:
        return
    rows = []
    for region in review.regions:
        counts = region.counts
        numbers = (counts.create, counts.update, counts.replace, counts.delete)
        rows.append(
            (
                code(region.name) if region.name else SHARED,
                *(str(number or "") for number in numbers),
                str(sum(each.tags_only for each in region.resources) or ""),
                _quota_of(review, region.name),
            )
        )
    yield table(("Region", "Create", "Update", "Replace", "Delete", "Tags only", "Quota"), rows, detail)


def _quota_of(review: Review, region: str) -> str:
    if review.after is None or not (region in review.after.regions or not region):
        return ""
    found = [each for each in review.quota if each.check == "quota" and _is_of(each, region)]
    refused = [each for each in found if each.verdict == "failed"]
    if refused:
        return f"{'may be ' if all(each.soft for each in refused) else ''}**refused**"
    return "granted" if found else ""


def _is_of(finding: Finding, region: str) -> bool:
    return finding.where == region or (not region and "/" not in finding.where)


def _money(review: Review, detail: Detail) -> Iterator[str]:
    rows = list(money_rows(review.before, review.after))
    if rows:
        yield table(("USD", "Before", "After", "Change"), rows, detail._replace(rows=len(rows)), right=1)
        yield f"<sub>A month has {MONTH_HOURS} hours. ~ is an estimate, no list price.</sub>"


def _gpus(review: Review, detail: Detail) -> Iterator[str]:
    if not review.gpus:
        return
    rows = [
        (
            code(row.region),
            code(row.gpu),
            _range(row.least_before, row.most_before),
            _range(row.least_after, row.most_after),
            _more(row),
        )
        for row in review.gpus
    ]
    yield table(("Region", "GPU", "Before", "After", "Change"), rows, detail, right=2)


def _range(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"


def _more(row: GpuRow) -> str:
    least, most = row.least_after - row.least_before, row.most_after - row.most_before
    if not least and not most:
        return "same"
    return f"{least:+d}" if least == most else f"{least:+d} to {most:+d}"


def _differences(review: Review, detail: Detail) -> Iterator[str]:
    if review.differences:
        rows = [
            (
                code(each.where) if each.where else "all",
                plain(each.what),
                _value(each.before),
                _value(each.after),
            )
            for each in review.differences
        ]
        yield fold(f"What differs: {len(rows)}", table(("Where", "What", "Before", "After"), rows, detail))


def _value(text: str) -> str:
    return code(text) if text else "–"


def _resources(review: Review, detail: Detail) -> Iterator[str]:
    told = list(regions_told(review.regions, detail))
    if told:
        yield fold(f"Resources: {review.counts.changed}", "\n\n".join(told))


def _drift(review: Review, detail: Detail) -> Iterator[str]:
    if review.drift:
        few = review.drift[: detail.rows]
        more = f"\n\n… {len(review.drift) - len(few)} more" if len(review.drift) > len(few) else ""
        count = f"Not as the last `up` left it: {len(review.drift)}"
        yield fold(count.replace("`up`", "<code>up</code>"), changes_of(few, detail) + more)


def _quota(review: Review, detail: Detail) -> Iterator[str]:
    if not review.quota:
        return
    rows = [
        (
            code(each.where or "all"),
            each.check,
            plain(each.needs),
            plain(each.has),
            _VERDICTS[each.verdict],
            plain(each.mend),
        )
        for each in review.quota
    ]
    whose = "the simulated clouds" if review.simulated else "the clouds"
    yield fold(
        f"What {whose} grant", table(("Where", "Check", "Needs", "Has", "Verdict", "Mend"), rows, detail)
    )


def _decisions(review: Review, detail: Detail) -> Iterator[str]:
    if review.decisions and detail.decisions:
        rows = [(code(each.path), plain(each.value), plain(each.reason)) for each in review.decisions]
        yield fold("Why: what was decided for you", table(("Field", "Value", "Reason"), rows, detail))


def _notes(review: Review) -> Iterator[str]:
    basis = f"Resources are counted from {review.basis}." if review.basis else ""
    notes = [basis, *review.notes]
    yield "\n".join(f"<sub>{plain(note)}</sub><br>" for note in notes if note)
