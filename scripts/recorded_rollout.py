"""Records the run that docs/rollouts.md shows: a model change across three regions, and a bad version caught.

    python -m scripts.recorded_rollout [--where local|live]

Writes docs/rollouts.svg, and the figures between the page's marks.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.rollout.outcome import Outcome, rolled_out
from bench.rollout.world import BAKE_S, STEPS, World, world
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from llmdeploy.infra.load.record import Record

PAGE = Path(__file__).parents[1] / "docs" / "rollouts.md"
PLOT = PAGE.with_suffix(".svg")
BEGIN, END = "<!-- run: begin -->\n", "<!-- run: end -->"
COLOURS = {"blue": "#1f6feb", "green": "#1a7f37", "failed": "#cf222e"}
SLOT_OF_BAD = "blue"
"""The good version has filled the green slots, so that the bad one comes to the blue ones."""


def main() -> None:
    """Run it, draw it, write it down."""
    parser = argparse.ArgumentParser(prog="python -m scripts.recorded_rollout")
    parser.add_argument("--where", choices=["local", "live"], default="live")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="recorded-rollout-") as folder,
        world(World(Path(folder), given.where)) as made,
    ):
        made.write()
        good = rolled_out(made, ("green",))
        made.write("errors=0.2")
        bad = rolled_out(made, ("blue",))
        regions = list(made.outputs["entries"])
    _draw(regions, good, bad)
    _write(given.where, regions, good, bad)


def _draw(regions: list[str], good: Outcome, bad: Outcome) -> None:
    figure = Figure(figsize=(11, 2.4 * len(regions) + 0.6), layout="constrained")
    columns = figure.subplots(
        len(regions), 2, sharey=True, width_ratios=[good.seconds, max(bad.seconds, good.seconds / 3)]
    )
    runs = ((good, "another model, and it is good"), (bad, "one request in five fails"))
    for column, (found, title) in enumerate(runs):
        for row, region in enumerate(regions):
            axes = columns[row][column]
            _region(axes, region, found, fresh="green" if column == 0 else SLOT_OF_BAD)
            if row == 0:
                axes.set_title(title, loc="left", fontsize=10, fontweight="bold")
            if column == 0:
                axes.set_ylabel(f"{region}\nlatency, ms")
            if row == len(regions) - 1:
                axes.set_xlabel("seconds")
    named = {}
    for axes in columns.flat:
        named |= dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    figure.legend(
        named.values(), named.keys(), loc="outside lower center", ncols=len(named), frameon=False, fontsize=8
    )
    figure.savefig(PLOT, format="svg", metadata={"Date": None})


def _region(axes: Axes, region: str, found: Outcome, fresh: str) -> None:
    zero = found.seen.records[0].start
    mine = [record for record in found.seen.records if record.region == region and record.ok]
    for slot in ("blue", "green"):
        answered = [r for r in mine if ("-green-" in (r.replica or "")) == (slot == "green")]
        name = "the new version" if slot == fresh else "the version of before"
        colour = COLOURS["green"] if slot == fresh else COLOURS["blue"]
        _points(axes, answered, zero, colour, name)
    failed = [r for r in found.seen.failed if r.region == region]
    if failed:
        axes.plot(
            [r.start - zero for r in failed],
            [r.latency_s * 1000 for r in failed],
            "x",
            color=COLOURS["failed"],
            markersize=6,
            label="failed",
        )
    for event in found.events:
        _mark(axes, region, event, zero + found.seen.zero)
    axes.set_yscale("log")
    axes.grid(visible=True, color="#d0d7de", linewidth=0.4)


def _points(axes: Axes, records: list[Record], zero: float, colour: str, name: str) -> None:
    """One point for each half second: the slowest answer, so that no slow one hides."""
    slowest: dict[int, float] = {}
    for record in records:
        bin_ = int((record.start - zero) * 2)
        slowest[bin_] = max(slowest.get(bin_, 0.0), record.latency_s)
    axes.plot(
        [bin_ / 2 for bin_ in slowest],
        [seconds * 1000 for seconds in slowest.values()],
        ".",
        color=colour,
        markersize=3,
        label=name,
    )


def _mark(axes: Axes, region: str, event: dict[str, Any], zero: float) -> None:
    kind = event.get("event")
    if kind == "moving" and region in event["regions"] and event["phase"] == "shift":
        axes.axvline(event["at"] - zero, color="#57606a", linewidth=0.8, linestyle=":")
        axes.annotate(
            f"{event['percent']} %",
            (event["at"] - zero, 1),
            xycoords=("data", "axes fraction"),
            xytext=(2, -9),
            textcoords="offset points",
            fontsize=7,
            color="#57606a",
        )
    if kind == "turned":
        axes.axvline(event["at"] - zero, color=COLOURS["failed"], linewidth=1.2, label="verdict: back")


def _write(where: str, regions: list[str], good: Outcome, bad: Outcome) -> None:
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}{_told(where, regions, good, bad)}{END}{after}")


def _told(where: str, regions: list[str], good: Outcome, bad: Outcome) -> str:
    place = "AWS and Google Cloud, simulated live" if where == "live" else "regions of one machine"
    day = time.strftime("%Y-%m-%d")
    met = f"{bad.exposed or 0:.1%} of all requests, for {bad.watched_s or 0:.0f} s"
    return (
        f"A recorded run ({day}; {', '.join(regions)}: {place}; 8 clients, half of their requests\n"
        f"streamed; steps {STEPS[1:-1]} %, each watched for {BAKE_S} s):\n\n"
        f"![Latency over time in three regions, during a good and a bad rollout](rollouts.svg)\n\n"
        f"| | another model, good | another model, of which one request in five fails |\n|---|---|---|\n"
        f"| ended | {good.ended}, after {good.seconds:.0f} s | {bad.ended}, after {bad.seconds:.0f} s |\n"
        f"| requests | {len(good.seen.records)} | {len(bad.seen.records)} |\n"
        f"| failed | {len(good.seen.failed)} | {len(bad.seen.failed)} |\n"
        f"| broken streams | {len(good.seen.broken)} | {len(bad.seen.broken)} |\n"
        f"| met the bad version | – | {met} |\n"
        f"| back to the old one | – | {bad.back_s or 0:.1f} s after the verdict |\n\n"
        f"Each point is the slowest answer of half a second. It is made by\n"
        f"`python -m scripts.recorded_rollout`.\n"
    )


if __name__ == "__main__":
    main()
