"""What the marks of the picture mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmdeploy.cli.render.drill_report.svg import BROKEN, FAILED, colors_of

if TYPE_CHECKING:
    from llmdeploy.infra.drill.timeline import Timeline

WHOLE, STREAM, CROSS, LINE = "●", "○", "✕", "┆"


def legend(timeline: Timeline) -> Iterator[tuple[str, str, str]]:
    """Sign, colour and meaning of each mark that is there."""
    for region, color in colors_of(timeline).items():
        yield f"{WHOLE} {STREAM}", color, f"{region or 'region not known'}: whole answers, streams"
    if any(point.ended == "failed" for point in timeline.points):
        yield CROSS, FAILED, "failed"
    if any(point.ended == "broken" for point in timeline.points):
        yield CROSS, BROKEN, "stream begun on what was hit, broken off"
    if timeline.noticed_s is not None or timeline.well_s is not None:
        yield LINE, "#57606a", "the gateway sends nothing new there; it sends there again"
