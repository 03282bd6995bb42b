"""How a bill looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmdeploy.cli.render.table import heading, show, table

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from llmdeploy.serving.plan.model import Plan


def cost_data(plan: Plan, overlay: Path, tokens: float | None) -> dict[str, Any]:
    """The bill as JSON has it, every number with its source."""
    from dataclasses import asdict

    from llmdeploy.serving.cost.alternatives import api_costs, managed_costs
    from llmdeploy.serving.cost.volume import volume_cost
    from llmdeploy.serving.plan.cost import MONTH_HOURS

    cost = plan.cost
    assert cost is not None
    scales = {"least": cost.least_usd, "expected": cost.expected_usd, "most": cost.most_usd}
    data: dict[str, Any] = {
        "stack": plan.stack_name,
        "rows": [row.model_dump() for row in cost.rows],
        "hourly_usd": scales,
        "monthly_usd": {name: usd * MONTH_HOURS for name, usd in scales.items()},
        "utilisation": cost.utilisation,
        "million_tokens_usd": cost.million_tokens_usd,
        "managed": [asdict(one) for one in managed_costs(plan, overlay)],
        "apis": [asdict(one) for one in api_costs(plan)],
    }
    if tokens is not None:
        data["volume"] = {
            "tokens_per_month": tokens,
            "self_hosted_usd": volume_cost(plan).usd(tokens),
            "apis_usd": {
                one.price.provider: one.million_tokens_usd * tokens / 1e6 for one in api_costs(plan)
            },
        }
    return data


def show_cost(data: dict[str, Any], out: Console) -> None:
    """The rows, the sums, and what else would serve the spec."""
    heading("What is paid for, USD an hour", out)
    show(table(("region", "item", "least", "expected", "most", ""), _rows(data["rows"])), out)
    out.print()
    heading("Together", out)
    monthly = data["monthly_usd"]
    sums = [
        (name, f"{usd:,.2f} USD an hour, {monthly[name]:,.0f} a month")
        for name, usd in data["hourly_usd"].items()
    ]
    tokens = f"{data['million_tokens_usd']:.3f} USD a million at {data['utilisation']:.0%} utilisation"
    show(table(None, [*sums, ("tokens", tokens)]), out)
    out.print()
    _show_others(data, out)
    if any(row["estimated"] for row in data["rows"]):
        out.print("~ an estimate, no list price; --json has the source of every number", style="dim")


def _rows(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [
        (
            row["region"],
            row["item"],
            *(f"{row[key]:.3f}" for key in ("least_usd", "expected_usd", "most_usd")),
            "~" if row["estimated"] else "",
        )
        for row in rows
    ]


def _show_others(data: dict[str, Any], out: Console) -> None:
    heading("Instances, self-hosted and as a managed endpoint, USD an hour", out)
    rows = [
        (
            one["region"],
            one["unit"],
            f"{one['self_hosted_usd']:.2f}",
            "not known" if one["managed_usd"] is None else f"{one['managed_usd']:.2f}",
            "~" if one["estimated"] else "",
        )
        for one in data["managed"]
    ]
    show(table(("region", "endpoint", "self-hosted", "managed", ""), rows), out)
    out.print()
    heading("APIs that serve this model, USD a million tokens in the same mix", out)
    apis = [(one["price"]["provider"], f"{one['million_tokens_usd']:.3f}") for one in data["apis"]]
    show(table(None, apis or [("none", "that the catalog knows")]), out)
    out.print()
    volume = data.get("volume")
    if volume is not None:
        heading(f"{volume['tokens_per_month']:,.0f} tokens a month, USD", out)
        bills = {"self-hosted": volume["self_hosted_usd"], **volume["apis_usd"]}
        show(table(None, [(name, f"{usd:,.0f}") for name, usd in bills.items()]), out)
        out.print()
