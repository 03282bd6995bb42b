"""How the hardware of a cloud's plan looks: what was chosen, how well it does, and what lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmdeploy.cli.render.table import heading, show, table

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.serving.plan.hardware import HardwarePlan
    from llmdeploy.serving.plan.model import Plan

RUNNERS_UP = 5
"""Shown of each region; `--json` has more."""


def show_hardware(plan: Plan, out: Console) -> None:
    """Each cloud region's hardware, and the price of the whole."""
    for region in plan.regions:
        if region.hardware is None:
            continue
        heading(f"Hardware in {region.name}", out)
        show(table(None, _rows(region.hardware, region.server.startup_timeout_s)), out)
        out.print()
        show(table(("instead", "GPUs", "USD/h", "why not"), _runners_up(region.hardware)), out)
        out.print()
    if plan.cost is not None:
        heading("Price", out)
        show(table(None, _price(plan)), out)
        out.print()


def _rows(hardware: HardwarePlan, startup_s: float) -> list[tuple[str, str]]:
    memory, speed = hardware.memory, hardware.speed
    stages = f", {hardware.pipeline_parallel} stages" if hardware.pipeline_parallel > 1 else ""
    estimate = " (estimate)" if hardware.price_estimated else ""
    return [
        ("instance", f"{hardware.instance}: {hardware.gpus} × {hardware.gpu}{stages}"),
        ("price", f"{hardware.hourly_usd:.3f} USD an hour, {hardware.purchase}{estimate}"),
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
        ("start", f"ready within {startup_s / 60:.1f} minutes, else given up"),
    ]


def _runners_up(hardware: HardwarePlan) -> list[tuple[str, str, str, str]]:
    return [
        (
            one.instance,
            f"{one.gpus} × {one.gpu}",
            "?" if one.hourly_usd is None else f"{one.hourly_usd:.2f}",
            one.reason,
        )
        for one in hardware.runners_up[:RUNNERS_UP]
    ]


def _price(plan: Plan) -> list[tuple[str, str]]:
    from llmdeploy.serving.plan.cost import MONTH_HOURS

    cost = plan.cost
    assert cost is not None
    scales = (("least", cost.least_usd), ("expected", cost.expected_usd), ("most", cost.most_usd))
    return [
        *((name, f"{usd:,.2f} USD an hour, {usd * MONTH_HOURS:,.0f} a month") for name, usd in scales),
        ("tokens", f"{cost.million_tokens_usd:.3f} USD a million at {cost.utilisation:.0%} utilisation"),
    ]
