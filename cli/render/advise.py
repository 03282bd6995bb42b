"""How advice looks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from llmdeploy.cli.render.table import heading, show, table

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.serving.advise.circumstances import Circumstances
    from llmdeploy.serving.plan.model import Plan

BAR = 24
"""Characters of the longest bar."""


def advice_data(given: Circumstances, plan: Plan | None) -> dict[str, Any]:
    """The advice as JSON has it."""
    from llmdeploy.serving.advise.framework import advise_framework

    data: dict[str, Any] = {"circumstances": asdict(given), "framework": asdict(advise_framework(given))}
    return data | (_hosting(given, plan) if plan is not None else {})


def show_advice(data: dict[str, Any], out: Console, *, sources: bool) -> None:
    """What to do, the curve of cost against volume, and on request the sources."""
    if "hosting" in data:
        _show_hosting(data, out)
    framework = data["framework"]
    heading("Framework", out)
    rows = [(framework["name"], framework["reason"])]
    show(table(None, [*rows, *([("", framework["caution"])] if framework["caution"] else [])]), out)
    if sources and "sources" in data:
        out.print()
        heading("Sources", out)
        show(table(None, [(f"[{index}]", text) for index, text in enumerate(data["sources"], 1)]), out)


def _hosting(given: Circumstances, plan: Plan) -> dict[str, Any]:
    from llmdeploy.serving.advise.curve import cost_curve
    from llmdeploy.serving.advise.hosting import advise_hosting
    from llmdeploy.serving.cost.alternatives import api_costs
    from llmdeploy.serving.cost.volume import volume_cost

    volume, apis = volume_cost(plan), api_costs(plan)
    advice = advise_hosting(given, volume, apis)
    middle = advice.break_even_tokens or given.tokens_per_month
    curve = cost_curve(volume, apis[0].million_tokens_usd, middle) if apis else ()
    cost = plan.cost
    assert cost is not None
    return {
        "hosting": asdict(advice),
        "curve": [asdict(point) for point in curve],
        "apis": [asdict(one) for one in apis],
        "sources": list(
            dict.fromkeys(
                [
                    *(f"{row.item} in {row.region}: {row.source}" for row in cost.rows),
                    *(f"{one.price.provider}: {one.price.source}, {one.price.checked}" for one in apis),
                ]
            )
        ),
    }


def _show_hosting(data: dict[str, Any], out: Console) -> None:
    advice = data["hosting"]
    heading("Advice", out)
    rows = [(advice["choice"], reason) for reason in advice["reasons"][:1]]
    rows += [("", reason) for reason in advice["reasons"][1:]]
    rows += [("but", doubt) for doubt in advice["doubts"]]
    even = advice["break_even_tokens"]
    shown = f"{even:,.0f} tokens a month" if even else "none: the API is cheaper at every volume"
    if data["apis"]:
        rows.append(("break-even", shown))
    show(table(None, rows), out)
    out.print()
    if data["curve"]:
        heading("USD a month by volume: self-hosted and the cheapest API", out)
        show(table(("tokens", "self-hosted", "API", "cheaper", ""), _bars(data["curve"])), out)
        out.print()


def _bars(curve: list[dict[str, float]]) -> list[tuple[str, ...]]:
    """Bars of each volume's API price as a share of the self-hosted one, cut at twice it."""
    rows: list[tuple[str, ...]] = []
    for point in curve:
        own, api = point["self_hosted_usd"], point["api_usd"]
        bar = "█" * round(min(1.0, api / own / 2) * BAR)
        rows.append(
            (
                f"{point['tokens']:.1e}",
                f"{own:,.0f}",
                f"{api:,.0f}",
                "self-hosted" if own <= api else "API",
                bar,
            )
        )
    return rows
