"""How a plan looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmdeploy.cli.render.table import heading, table

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.serving.plan.model import Plan, RegionPlan


def show_plan(plan: Plan, out: Console) -> None:
    """The regions, what serves in them, every decision with its reason, and the warnings."""
    _show_head(plan, out)
    _show_regions(plan, out)
    _show_gateway(plan, out)
    _show_decisions(plan, out)
    show_warnings(plan, out)


def show_warnings(plan: Plan, out: Console) -> None:
    """What the user should know before going on."""
    for warning in plan.warnings:
        out.print(f"Warning: {warning}", style="yellow")


def substitutions(plan: Plan) -> list[str]:
    """What runs in place of what the spec names, each once: `vllm → llama.cpp on this machine (no GPU)`."""
    return list(
        dict.fromkeys(region.server.substitution for region in plan.regions if region.server.substitution)
    )


def _show_head(plan: Plan, out: Console) -> None:
    model, revision = plan.model, f" at {plan.model.revision}" if plan.model.revision else ""
    overlay = f", environment {plan.environment}" if plan.environment else ""
    out.print(f"{plan.name}: {model.id}{revision}{overlay}", style="bold")
    out.print(
        f"served as `{model.served_name}`, {model.context_length} tokens a request; "
        f"{plan.framework} {plan.framework_version}, {plan.quantization}".rstrip()
    )
    for line in substitutions(plan):
        out.print(line, style="yellow")
    out.print()


def _show_regions(plan: Plan, out: Console) -> None:
    heading("Regions", out)
    rows = [
        (
            region.name,
            _replicas(region),
            f"{region.server.kind}, {region.server.weights}",
            str(region.server.concurrency),
            ", ".join(region.failover) or "none",
        )
        for region in plan.regions
    ]
    out.print(table(("region", "replicas", "serves with", "at once each", "fails over to"), rows))
    out.print()


def _replicas(region: RegionPlan) -> str:
    few, many = region.min_replicas, region.max_replicas
    return str(few) if few == many else f"{few} to {many}"


def _show_gateway(plan: Plan, out: Console) -> None:
    gateway, hedge = plan.gateway, plan.gateway.hedge
    delays = f"{hedge.streaming_after_s:g} s (streaming), {hedge.buffered_after_s:g} s (whole answers)"
    heading("Gateway", out)
    rows = [
        ("routing", gateway.policy),
        (
            "keys",
            "one API key, shown by `llmdeploy key`" if gateway.auth == "api-key" else "none: open to all",
        ),
        ("health checks", f"every {gateway.health.interval_s:g} s on {gateway.health.path}"),
        ("a silent replica", f"is covered by another after {delays}"),
        ("a failed request", f"is tried {gateway.retry.retries} more times elsewhere"),
        *((f"residency {mark}", ", ".join(regions)) for mark, regions in gateway.residency.items()),
    ]
    out.print(table(None, rows))
    out.print()


def _show_decisions(plan: Plan, out: Console) -> None:
    if not plan.decisions:
        return
    heading("Decided for you", out)
    rows = [(decision.path, decision.value, decision.reason) for decision in plan.decisions]
    out.print(table(("field", "value", "because"), rows))
    out.print()
