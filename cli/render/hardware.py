"""How the hardware of a cloud's plan looks: what was chosen, how well it does, and what lost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from llmdeploy.cli.render.money import ESTIMATE, usd
from llmdeploy.cli.render.startup import show_start, start_rows
from llmdeploy.cli.render.table import heading, show, table

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.serving.plan.hardware import HardwarePlan
    from llmdeploy.serving.plan.managed import ComponentPlan, ManagedPlan
    from llmdeploy.serving.plan.model import Plan

RUNNERS_UP = 5
"""Shown of each region; `--json` has more."""


def show_hardware(plan: Plan, out: Console, *, verbose: bool = False) -> None:
    """Each cloud region's hardware, how long it takes to start, and the price of the whole."""
    for region in plan.regions:
        if region.hardware is None:
            continue
        heading(f"Hardware in {region.name}", out)
        # A service that brings its own server starts by itself, in a time that nobody tells.
        own_start = region.managed is None or region.managed.container is not None
        starts = start_rows(region.startup) if own_start else []
        rows = [*_managed(region.managed), *_rows(region.hardware), *starts]
        show(table(None, rows), out)
        out.print()
        if verbose and region.startup is not None:
            show_start(region.startup, out)
        show(table(("instead", "GPUs", "USD/h", "why not"), _runners_up(region.hardware)), out)
        out.print()
    if plan.cost is not None:
        heading("Price", out)
        show(table(None, _price(plan)), out)
        if plan.cost.estimated:
            out.print(ESTIMATE, style="dim")
        out.print()


def _rows(hardware: HardwarePlan) -> list[tuple[str, str]]:
    memory, speed = hardware.memory, hardware.speed
    stages = f", {hardware.pipeline_parallel} stages" if hardware.pipeline_parallel > 1 else ""
    price = usd(hardware.hourly_usd, estimated=hardware.price_estimated, digits=3)
    return [
        ("instance", f"{hardware.instance}: {hardware.gpus} × {hardware.gpu}{stages}"),
        ("price", f"{price} USD an hour, {hardware.purchase}{_fallback(hardware)}"),
        ("", f"{hardware.price_source}, {hardware.price_checked}"),
        (
            "GPU memory",
            (
                f"{memory.total_gib:.1f} GiB: weights {memory.weights_gib:.1f}, "
                f"overhead {memory.overhead_gib:.1f}, cache {memory.kv_gib:.1f} ± {memory.band_gib:.1f}"
            ),
        ),
        ("cache", f"{memory.kv_tokens:,} tokens, {memory.full_contexts:.1f} requests of the full context"),
        (
            "speed",
            (
                f"{speed.requests_per_second:.2f} requests/s of {speed.input_tokens} + "
                f"{speed.output_tokens} tokens, {speed.output_tokens_per_second:,.0f} output tokens/s"
            ),
        ),
        (
            "",
            (
                f"first token p95 {speed.ttft_p95_s:.2f} s, then {speed.tpot_p95_s * 1000:.0f} ms each "
                f"({speed.source}, ± {speed.band:.0%})"
            ),
        ),
    ]


def _managed(managed: ManagedPlan | None) -> list[tuple[str, str]]:
    if managed is None:
        return []
    probe = f"every {managed.probe_s:g} s, one token" if managed.probe_s else "none: they would keep it awake"
    return [
        ("service", f"{managed.shown}, {managed.unit}"),
        *_component(managed.component),
        ("weights", managed.weights),
        *_container(managed),
        ("probes", probe),
        *_once("limits", [limit.what for limit in managed.limits]),
    ]


def _component(component: ComponentPlan | None) -> list[tuple[str, str]]:
    if component is None:
        return []
    gpus = f"{component.accelerators} GPU{'s' if component.accelerators > 1 else ''}"
    return [("scales", f"copies of the model, {gpus} each, and no instance without one: inference component")]


def _container(managed: ManagedPlan) -> list[tuple[str, str]]:
    if managed.container is None:
        return [("container", "none: it brings its own server")]
    host = [("host", managed.host_software)] if managed.host_software else []
    minutes = f"{managed.download_timeout_s / 60:.0f}", f"{managed.startup_timeout_s / 60:.0f}"
    return [
        ("container", managed.container.image),
        *host,
        ("time-outs", f"{minutes[0]} minutes to download, {minutes[1]} to start"),
    ]


def _once(title: str, lines: list[str]) -> list[tuple[str, str]]:
    return [(title if index == 0 else "", line) for index, line in enumerate(lines)]


def _fallback(hardware: HardwarePlan) -> str:
    if hardware.fallback_usd is None:
        return ""
    price = usd(hardware.fallback_usd, estimated=hardware.fallback_estimated, digits=3)
    return f", else {price} on demand"


def _runners_up(hardware: HardwarePlan) -> list[tuple[str, str, str, str]]:
    return [
        (
            one.instance,
            f"{one.gpus} × {one.gpu}",
            usd(one.hourly_usd, estimated=one.estimated),
            one.reason,
        )
        for one in hardware.runners_up[:RUNNERS_UP]
    ]


def _price(plan: Plan) -> list[tuple[str, str]]:
    from llmdeploy.serving.plan.cost import MONTH_HOURS

    cost = plan.cost
    assert cost is not None
    shown = partial(usd, estimated=cost.estimated)
    scales = (("least", cost.least_usd), ("expected", cost.expected_usd), ("most", cost.most_usd))
    return [
        *(
            (name, f"{shown(hourly)} USD an hour, {shown(hourly * MONTH_HOURS, digits=0)} a month")
            for name, hourly in scales
        ),
        (
            "tokens",
            f"{shown(cost.million_tokens_usd, digits=3)} USD a million at {cost.utilisation:.0%} utilisation",
        ),
    ]
