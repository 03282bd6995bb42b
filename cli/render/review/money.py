"""What a change does to the bill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from llmdeploy.cli.render.money import usd
from llmdeploy.infra.review.headline import share
from llmdeploy.serving.plan.cost import MONTH_HOURS
from llmdeploy.serving.review.summary import CostSummary, PlanSummary

_Row = tuple[str, str, str, str]
_ROWS: Final[tuple[tuple[str, Callable[[CostSummary], float], int], ...]] = (
    ("an hour, fewest replicas", lambda cost: cost.least_usd, 2),
    ("an hour, expected", lambda cost: cost.expected_usd, 2),
    ("an hour, most replicas", lambda cost: cost.most_usd, 2),
    ("a month, fewest replicas", lambda cost: cost.least_usd * MONTH_HOURS, 0),
    ("a month, expected", lambda cost: cost.expected_usd * MONTH_HOURS, 0),
    ("a month, most replicas", lambda cost: cost.most_usd * MONTH_HOURS, 0),
    ("a million tokens", lambda cost: cost.million_tokens_usd, 3),
)


def money_rows(before: PlanSummary | None, after: PlanSummary | None) -> Iterator[_Row]:
    """What is paid, before, after and by how much more; nothing where nothing is paid for."""
    was = before.cost if before is not None else None
    will = after.cost if after is not None else None
    if was is None and will is None:
        return
    for what, amount, digits in _ROWS:
        old = amount(was) if was is not None else None
        new = amount(will) if will is not None else None
        if what == "a million tokens" and (old is None or new is None):
            yield what, _usd(was, old, digits), _usd(will, new, digits), ""
            continue
        yield (
            what,
            _usd(was, old, digits),
            _usd(will, new, digits),
            _difference(old or 0.0, new or 0.0, digits),
        )


def _usd(cost: CostSummary | None, amount: float | None, digits: int) -> str:
    return "–" if cost is None else usd(amount, estimated=cost.estimated, digits=digits)


def _difference(before: float, after: float, digits: int) -> str:
    difference = round(after - before, digits)
    if not difference:
        return "same"
    return f"{difference:+,.{digits}f}{f' ({share(before, after)})' if before and after else ''}"
