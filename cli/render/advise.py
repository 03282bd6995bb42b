"""How advice looks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from llmdeploy.cli.render.money import ESTIMATE, usd
from llmdeploy.cli.render.table import heading, show, table
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from llmdeploy.serving.advise.circumstances import Circumstances
    from llmdeploy.serving.plan.model import Plan

BAR = 20
"""Characters of the longest bar."""


def advice_data(given: Circumstances, plan: Plan | None, overlay: Path, points: int) -> dict[str, Any]:
    """The advice as JSON has it.

    Args:
        overlay: the folder of own and refreshed prices.
        points: of the curve.
    """
    from llmdeploy.serving.advise.framework import advise_framework

    data: dict[str, Any] = {"circumstances": asdict(given), "framework": asdict(advise_framework(given))}
    return data | (_hosting(given, plan, overlay, points) if plan is not None else {})


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


def _hosting(given: Circumstances, plan: Plan, overlay: Path, points: int) -> dict[str, Any]:
    from llmdeploy.serving.advise.curve import cost_curve
    from llmdeploy.serving.advise.hosting import advise_hosting
    from llmdeploy.serving.cost.alternatives import api_costs, endpoint_costs
    from llmdeploy.serving.cost.volume import both_ways

    cost = plan.cost
    assert cost is not None
    endpoints, apis = endpoint_costs(plan, overlay), api_costs(plan)
    own, managed = both_ways(plan, endpoints)
    if own is None:
        raise LlmdeployError(
            f"{plan.stack_name}: a service does not say on what it runs, nor what that costs self-hosted",
            "`llmdeploy compare` plans it self-hosted too",
        )
    advice = advise_hosting(given, own, managed, apis, estimated=cost.estimated)
    middle = advice.break_even_tokens or given.tokens_per_month
    curve = cost_curve(own, managed, apis[0].million_tokens_usd, middle=middle, points=points) if apis else ()
    managed_now = {region.name for region in plan.regions if region.managed is not None}
    otherwise = [(one, one.self_hosted if one.region in managed_now else one.managed) for one in endpoints]
    return {
        "stack": plan.stack_name,
        "hosting": asdict(advice),
        "curve": [asdict(point) for point in curve],
        "apis": [asdict(one) for one in apis],
        "endpoints": [asdict(one) for one in endpoints],
        "sources": list(
            dict.fromkeys(
                [
                    *(f"{row.item} in {row.region}: {row.source}" for row in cost.rows),
                    *(f"{one.unit} in {one.region}: {rate.source}" for one, rate in otherwise if rate),
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
    if data["apis"]:
        rows.append(("break-even", _crossing(advice["break_even_tokens"], advice["settled_tokens"])))
    show(table(None, rows), out)
    out.print()
    _show_bills(data, out)
    if data["curve"]:
        heading("USD a month by volume: self-hosted and the cheapest API", out)
        show(table(("tokens", "self-hosted", "managed", "API", "cheaper", ""), _bars(data["curve"])), out)
        out.print()
    out.print(f"{ESTIMATE}; --sources says where each number is from", style="dim")
    out.print()


def _crossing(even: float | None, settled: float | None) -> str:
    if even is None:
        return "none: the API is cheaper at every volume"
    then = f"; for good from {settled:,.0f}" if settled is not None and settled > even else ""
    return f"{even:,.0f} tokens a month{then}"


def _show_bills(data: dict[str, Any], out: Console) -> None:
    advice, tokens = data["hosting"], data["circumstances"]["tokens_per_month"]
    heading(f"{tokens:,.0f} tokens a month, USD", out)
    estimated = advice["estimated"]
    rows = [("self-hosted", usd(advice["self_hosted_usd"], estimated=estimated, digits=0), "")]
    units = ", ".join(one["unit"] for one in data["endpoints"])
    rows.append(("managed endpoint", usd(advice["managed_usd"], estimated=True, digits=0), units))
    if data["apis"]:
        provider = data["apis"][0]["price"]["provider"]
        rows.append(("API", usd(advice["api_usd"], estimated=False, digits=0), provider))
    show(table(None, rows), out)
    out.print()


def _bars(curve: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Bars of each volume's API price as a share of the self-hosted one, cut at twice it."""
    rows: list[tuple[str, ...]] = []
    for point in curve:
        own, api = point["self_hosted_usd"], point["api_usd"]
        bar = "█" * round(min(1.0, api / own / 2) * BAR)
        rows.append(
            (
                f"{point['tokens']:.1e}",
                f"{own:,.0f}",
                usd(point["managed_usd"], estimated=False, digits=0),
                f"{api:,.0f}",
                "self-hosted" if own <= api else "API",
                bar,
            )
        )
    return rows
