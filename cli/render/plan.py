"""How a plan looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmdeploy.cli.render.hardware import show_hardware
from llmdeploy.cli.render.table import heading, show, styled, table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from llmdeploy.serving.plan.model import Decision, Plan, RegionPlan

FAILOVERS = 3
"""Regions to fail over to that are shown of each; `--json` has all of them."""


def show_plan(plan: Plan, out: Console, *, verbose: bool = False) -> None:
    """The regions, what serves in them, every decision with its reason, and the warnings."""
    _show_head(plan, out)
    _show_regions(plan, out)
    show_hardware(plan, out, verbose=verbose)
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
    framework = f"{plan.framework} {plan.framework_version}".rstrip()
    out.print(plan.stack_name, style="bold")
    rows: list[tuple[str, str | Text]] = [
        ("model", f"{model.id}{revision}"),
        ("served as", model.served_name),
        ("context", f"{model.context_length} tokens a request"),
        ("framework", f"{framework}, quantization {plan.quantization}"),
        *(("here", styled(line, "yellow")) for line in substitutions(plan)),
        *(("adapter", f"{adapter.name} from {adapter.source}") for adapter in model.adapters),
    ]
    show(table(None, rows), out)
    out.print()


def _show_regions(plan: Plan, out: Console) -> None:
    heading("Regions", out)
    rows = [
        (
            region.name,
            _replicas(region),
            _serves_with(region),
            str(region.server.concurrency),
            _failover(region),
        )
        for region in plan.regions
    ]
    show(table(("region", "replicas", "serves with", "at once each", "fails over to"), rows), out)
    out.print()


def _failover(region: RegionPlan) -> str:
    first, further = region.failover[:FAILOVERS], region.failover[FAILOVERS:]
    shown = ", ".join([*first, *([f"then {len(further)} more"] if further else [])]) or "none"
    return shown if region.turn == "primary" else f"{shown}; for {region.turn}"


def _serves_with(region: RegionPlan) -> str:
    if region.managed is not None and region.hardware is not None:
        return f"{region.managed.shown}, {region.hardware.instance}"
    if region.hardware is not None:
        return f"{region.hardware.instance}, {region.hardware.purchase}"
    return f"{region.server.kind}, {region.server.weights}"


def _replicas(region: RegionPlan) -> str:
    few, many = region.min_replicas, region.max_replicas
    return str(few) if few == many else f"{few} to {many}"


def _show_gateway(plan: Plan, out: Console) -> None:
    gateway, hedge, retries = plan.gateway, plan.gateway.hedge, plan.gateway.retry.retries
    heading("Gateway", out)
    rows = [
        ("routing", gateway.policy),
        ("keys", "one, shown by `llmdeploy key`" if gateway.auth == "api-key" else "none: open to all"),
        ("health checks", f"every {gateway.health.interval_s:g} s on {gateway.health.path}"),
        ("a failed request", f"is tried {retries} more time{'s' if retries != 1 else ''} elsewhere"),
        ("a silent replica", f"is covered by another after {hedge.streaming_after_s:g} s, in a stream"),
        ("", f"and after {hedge.buffered_after_s:g} s when the answer comes whole"),
        *((f"residency {mark}", ", ".join(regions)) for mark, regions in gateway.residency.items()),
    ]
    show(table(None, rows), out)
    out.print()


def _show_decisions(plan: Plan, out: Console) -> None:
    if not plan.decisions:
        return
    heading("Decided for you", out)
    show(table(None, [(each.path, _reasoned(each)) for each in plan.decisions]), out)
    out.print()


def _reasoned(decision: Decision) -> Text:
    text = styled(decision.value, "")
    text.append(f" – {decision.reason}", style="dim")
    return text
