"""How a bill looks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from llmdeploy.cli.render.money import ESTIMATE, usd
from llmdeploy.cli.render.sources import Sources
from llmdeploy.cli.render.table import heading, show, table

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from llmdeploy.serving.plan.model import Plan

SCALES = ("least", "expected", "most")


def cost_data(plan: Plan, overlay: Path, tokens: float | None) -> dict[str, Any]:
    """The bill as JSON has it, every number with its source."""
    from dataclasses import asdict

    from llmdeploy.serving.cost.alternatives import api_costs, endpoint_costs
    from llmdeploy.serving.cost.volume import both_ways
    from llmdeploy.serving.plan.cost import MONTH_HOURS

    cost = plan.cost
    assert cost is not None
    endpoints, apis = endpoint_costs(plan, overlay), api_costs(plan)
    hourly = dict(zip(SCALES, (cost.least_usd, cost.expected_usd, cost.most_usd), strict=True))
    data: dict[str, Any] = {
        "stack": plan.stack_name,
        "variant": plan.variant,
        "services": {one.name: one.managed.service for one in plan.regions if one.managed is not None},
        "rows": [row.model_dump() for row in cost.rows],
        "estimated": cost.estimated,
        "hourly_usd": hourly,
        "monthly_usd": {name: amount * MONTH_HOURS for name, amount in hourly.items()},
        "utilisation": cost.utilisation,
        "million_tokens_usd": cost.million_tokens_usd,
        "endpoints": [asdict(one) for one in endpoints],
        "apis": [asdict(one) for one in apis],
    }
    if tokens is not None:
        own, managed = both_ways(plan, endpoints)
        data["volume"] = {
            "tokens_per_month": tokens,
            "self_hosted_usd": own.usd(tokens) if own else None,
            "managed_usd": managed.usd(tokens) if managed else None,
            "apis_usd": {one.price.provider: one.million_tokens_usd * tokens / 1e6 for one in apis},
        }
    return data


def show_cost(data: dict[str, Any], out: Console, *, sources: bool = False) -> None:
    """The rows, the sums, what else would serve the spec, and on request where each number is from."""
    named = Sources(shown=sources)
    heading("What is paid for, USD an hour", out)
    show(table(("region", "item", *SCALES, named.column), _rows(data["rows"], named)), out)
    out.print()
    heading("Together", out)
    show(table(None, _sums(data)), out)
    out.print()
    _show_endpoints(data, named, out)
    _show_apis(data, named, out)
    _show_volume(data, out)
    out.print(ESTIMATE if sources else f"{ESTIMATE}; --sources says where each number is from", style="dim")
    named.show(out)


def _rows(rows: list[dict[str, Any]], named: Sources) -> list[tuple[str, ...]]:
    return [
        (
            row["region"],
            row["item"],
            *(usd(row[f"{scale}_usd"], estimated=row["estimated"], digits=3) for scale in SCALES),
            named.mark(row["source"]),
        )
        for row in rows
    ]


def _sums(data: dict[str, Any]) -> list[tuple[str, str]]:
    shown = partial(usd, estimated=data["estimated"])
    monthly = data["monthly_usd"]
    sums = [
        (name, f"{shown(hourly)} USD an hour, {shown(monthly[name], digits=0)} a month")
        for name, hourly in data["hourly_usd"].items()
    ]
    tokens = shown(data["million_tokens_usd"], digits=3)
    return [*sums, ("tokens", f"{tokens} USD a million at {data['utilisation']:.0%} utilisation")]


def _show_endpoints(data: dict[str, Any], named: Sources, out: Console) -> None:
    heading("Instances, self-hosted and as a managed endpoint, USD an hour", out)
    rows = [
        (one["region"], one["unit"], *_rate(one, "self_hosted", named), *_rate(one, "managed", named))
        for one in data["endpoints"]
    ]
    columns = ("region", "endpoint", "self-hosted", named.column, "managed", named.column)
    show(table(columns, rows), out)
    out.print()


def _rate(endpoint: dict[str, Any], way: str, named: Sources) -> tuple[str, str]:
    rate = endpoint[way]
    if rate is None:
        return "not known", ""
    amount = rate["hourly_usd"] * endpoint["replicas"]
    return usd(amount, estimated=rate["estimated"]), named.mark(rate["source"])


def _show_apis(data: dict[str, Any], named: Sources, out: Console) -> None:
    heading("APIs that serve this model, USD a million tokens in the same mix", out)
    rows = [
        (
            one["price"]["provider"],
            f"{one['million_tokens_usd']:.3f}",
            named.mark(f"{one['price']['source']}, {one['price']['checked']}"),
        )
        for one in data["apis"]
    ]
    show(table(None, rows or [("none", "that the catalog knows", "")]), out)
    out.print()


def _show_volume(data: dict[str, Any], out: Console) -> None:
    volume = data.get("volume")
    if volume is None:
        return
    heading(f"{volume['tokens_per_month']:,.0f} tokens a month, USD", out)
    estimated = {"self-hosted": volume["self_hosted_usd"], "managed endpoint": volume["managed_usd"]}
    rows = [(name, usd(amount, estimated=True, digits=0)) for name, amount in estimated.items()]
    rows += [(name, usd(amount, estimated=False, digits=0)) for name, amount in volume["apis_usd"].items()]
    show(table(None, rows), out)
    out.print()
