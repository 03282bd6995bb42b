"""How a comparison of the ways to run a spec looks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from llmdeploy.cli.render.money import ESTIMATE, usd
from llmdeploy.cli.render.sources import Sources
from llmdeploy.cli.render.table import heading, show, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from llmdeploy.serving.compare.comparison import Way
    from llmdeploy.serving.plan.model import Plan

SCALES = ("least", "expected", "most")


def compare_data(written: Plan, ways: Sequence[Way], tokens: float | None) -> dict[str, Any]:
    """The comparison as JSON has it.

    Args:
        tokens: a month, input and output together; None: what the spec as written is expected to answer.
    """
    from llmdeploy.serving.cost.alternatives import api_costs
    from llmdeploy.serving.plan.cost import MONTH_HOURS

    assert written.cost is not None
    volume = tokens or written.cost.tokens_per_hour * MONTH_HOURS
    return {
        "stack": written.stack_name,
        "tokens_per_month": volume,
        "ways": [_way(way, volume) for way in ways],
        "apis": [asdict(one) | _monthly(one.million_tokens_usd, volume) for one in api_costs(written)],
    }


def show_comparison(data: dict[str, Any], out: Console, *, sources: bool) -> None:
    """Prices side by side, then the limits, what is lost, what comes first, and which ways are closed."""
    named = Sources(shown=sources)
    heading(f"{data['stack']} at {data['tokens_per_month']:,.0f} tokens a month, USD", out)
    columns = ("way", "h, least", "expected", "most", "a month", "million tokens", named.column)
    show(table(columns, [*_prices(data, named), *_apis(data, named)]), out)
    out.print()
    _show_limits(data, out)
    _show_texts("What is lost", data, "lost", out)
    _show_texts("To be done first", data, "first", out)
    _show_texts("Not possible", data, "closed", out)
    others = [way["name"] for way in data["ways"] if way["others"]]
    if others:
        out.print(f"{', '.join(others)}: the other cloud's regions self-hosted", style="dim")
    out.print(ESTIMATE if sources else f"{ESTIMATE}; --sources says where each number is from", style="dim")
    named.show(out)


def _way(way: Way, volume: float) -> dict[str, Any]:
    from llmdeploy.serving.compare.limits import limits_of

    found: dict[str, Any] = {
        "name": way.name,
        "shown": way.shown,
        "regions": way.regions,
        "others": way.plan is not None and len(way.regions) < len(way.plan.regions),
        "possible": way.plan is not None,
        "limits": limits_of(way),
        "lost": [asdict(one) for one in way.lost],
        "first": way.first,
        "closed": way.closed,
    }
    return found | (_costs(way.plan, volume) if way.plan is not None else {})


def _costs(plan: Plan, volume: float) -> dict[str, Any]:
    from llmdeploy.serving.cost.volume import volume_cost

    cost = plan.cost
    assert cost is not None
    return {
        "hourly_usd": dict(
            zip(SCALES, (cost.least_usd, cost.expected_usd, cost.most_usd), strict=True),
        ),
        "estimated": cost.estimated,
        "monthly_usd": (monthly := volume_cost(plan).usd(volume)),
        "million_tokens_usd": monthly / volume * 1e6,
        "hardware": {one.name: one.hardware.instance for one in plan.regions if one.hardware},
        "sources": list(dict.fromkeys(row.source for row in cost.rows)),
    }


def _monthly(million_tokens_usd: float, volume: float) -> dict[str, float]:
    return {"monthly_usd": million_tokens_usd * volume / 1e6}


def _prices(data: dict[str, Any], named: Sources) -> list[tuple[str, ...]]:
    return [_price(way, named) for way in data["ways"]]


def _price(way: dict[str, Any], named: Sources) -> tuple[str, ...]:
    if not way["possible"]:
        return (way["name"], "not", "possible", "", "", "", "")
    shown = [usd(way["hourly_usd"][scale], estimated=way["estimated"]) for scale in SCALES]
    return (
        way["name"],
        *shown,
        usd(way["monthly_usd"], estimated=way["estimated"], digits=0),
        usd(way["million_tokens_usd"], estimated=way["estimated"], digits=3),
        " ".join(dict.fromkeys(named.mark(source) for source in way["sources"])),
    )


def _apis(data: dict[str, Any], named: Sources) -> list[tuple[str, ...]]:
    return [
        (
            f"API: {one['price']['provider']}",
            *("", "", ""),
            usd(one["monthly_usd"], estimated=False, digits=0),
            f"{one['million_tokens_usd']:.3f}",
            named.mark(f"{one['price']['source']}, {one['price']['checked']}"),
        )
        for one in data["apis"]
    ]


def _show_limits(data: dict[str, Any], out: Console) -> None:
    titles = list(dict.fromkeys(title for way in data["ways"] for title in way["limits"]))
    rows: list[tuple[str, str, str]] = []
    for title in titles:
        told = [(way["name"], way["limits"][title]) for way in data["ways"] if title in way["limits"]]
        rows += [(title if index == 0 else "", *one) for index, one in enumerate(told)]
    heading("Limits", out)
    show(table(None, rows), out)
    out.print()


def _show_texts(title: str, data: dict[str, Any], key: str, out: Console) -> None:
    rows = [(way["name"], *_words(one)) for way in data["ways"] for one in way[key]]
    if not rows:
        return
    heading(title, out)
    show(table(None, _named_once(rows)), out)
    out.print()


def _words(one: str | dict[str, str]) -> tuple[str, ...]:
    return (one,) if isinstance(one, str) else (one["path"], one["problem"])


def _named_once(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [
        (row[0] if index == 0 or rows[index - 1][0] != row[0] else "", *row[1:])
        for index, row in enumerate(rows)
    ]
