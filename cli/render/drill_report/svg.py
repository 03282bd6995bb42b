"""Latency over time as SVG: a point for each request, the fault's time shaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.render.drill_report.scale import Scale, round_up

if TYPE_CHECKING:
    from llmdeploy.infra.drill.timeline import Point, Timeline

WIDTH, HEIGHT = 960, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 44, 52
COLORS: Final = ("#0969da", "#8250df", "#1a7f37", "#9a6700", "#bf3989", "#57606a")
"""Of the regions, in the order of their names. The same as of other pictures, and apart for the colour-blind
by lightness."""
FAILED: Final = "#cf222e"
BROKEN: Final = "#bc4c00"
FAULT: Final = "#ffebe9"
BACK: Final = "#dafbe1"
FONT: Final = 'font-family="system-ui, sans-serif" font-size="13"'


def colors_of(timeline: Timeline) -> dict[str, str]:
    """The colour of each region that has answered."""
    regions = sorted({point.region for point in timeline.points if point.ended == "answered"})
    return {region: COLORS[index % len(COLORS)] for index, region in enumerate(regions)}


def draw(timeline: Timeline, fault: str, title: str) -> str:
    """The picture alone, as a document.

    Args:
        fault: what the shaded time is called: `kill`.
        title: for those who cannot see it.
    """
    x = Scale(timeline.ended_s, LEFT, WIDTH - RIGHT)
    slowest = max((point.took_s for point in timeline.points), default=1.0)
    y = Scale(round_up(max(slowest, 0.001), 5), HEIGHT - BOTTOM, TOP)
    colors = colors_of(timeline)
    parts = [
        *_shades(timeline, fault, x),
        *_axes(x, y),
        *_moments(timeline, x),
        *(_point(point, colors, x, y) for point in _in_order(timeline.points)),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {FONT} '
        f'aria-label="{escape(title)}"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f"{''.join(parts)}</svg>\n"
    )


def _in_order(points: Sequence[Point]) -> list[Point]:
    """What is not answered is drawn last, so that nothing hides it."""
    return sorted(points, key=lambda point: point.ended != "answered")


def _shades(timeline: Timeline, fault: str, x: Scale) -> Iterator[str]:
    for name, begin, end, color in (
        (fault, timeline.fault_s, timeline.restored_s, FAULT),
        ("coming back", timeline.restored_s, timeline.well_s or timeline.ended_s, BACK),
    ):
        left, right = x(begin), x(end)
        yield (
            f'<rect x="{left:.1f}" y="{TOP}" width="{max(right - left, 0):.1f}" '
            f'height="{HEIGHT - BOTTOM - TOP}" fill="{color}"/>'
        )
        above = TOP - 6 if color == FAULT else TOP - 22
        yield f'<text x="{left:.1f}" y="{above}" fill="#1f2328">{escape(name)}</text>'


def _axes(x: Scale, y: Scale) -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for seconds in x.marks(10):
        at = x(seconds)
        yield f'<path d="M{at:.1f} {TOP}V{bottom}" stroke="#d0d7de" stroke-opacity="0.6"/>'
        yield f'<text x="{at:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#57606a">{seconds:g}</text>'
    for seconds in y.marks(5):
        at = y(seconds)
        yield f'<path d="M{LEFT} {at:.1f}H{right}" stroke="#d0d7de" stroke-opacity="0.6"/>'
        yield f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end" fill="#57606a">{seconds:g}</text>'
    yield f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#57606a"/>'
    yield (
        f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 12}" text-anchor="middle" fill="#57606a">'
        "sent, seconds since the load began</text>"
    )
    yield (
        f'<text transform="translate(18 {(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle" '
        'fill="#57606a">took, seconds</text>'
    )


def _moments(timeline: Timeline, x: Scale) -> Iterator[str]:
    """When the gateway noticed the fault, and when it held what was hit for healthy again."""
    for at in (timeline.noticed_s, timeline.well_s):
        if at is not None:
            yield (
                f'<path d="M{x(at):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#57606a" stroke-dasharray="5 4"/>'
            )


def _point(point: Point, colors: Mapping[str, str], x: Scale, y: Scale) -> str:
    at, high = x(point.sent_s), y(point.took_s)
    told = f"<title>{escape(_told(point))}</title>"
    if point.ended == "answered":
        color = colors[point.region]
        look = f'fill="none" stroke="{color}" stroke-width="1.5"' if point.stream else f'fill="{color}"'
        return f'<circle cx="{at:.1f}" cy="{high:.1f}" r="3.2" {look} fill-opacity="0.75">{told}</circle>'
    color = FAILED if point.ended == "failed" else BROKEN
    cross = f"M{at - 5:.1f} {high - 5:.1f}l10 10m0 -10l-10 10"
    return f'<path d="{cross}" stroke="{color}" stroke-width="2.5" fill="none">{told}</path>'


def _told(point: Point) -> str:
    what = "stream" if point.stream else "whole answer"
    how = f"{what} from {point.region or 'an unknown region'}" if point.ended == "answered" else point.why
    return f"{how}: sent at {point.sent_s:.2f} s, took {point.took_s:.2f} s"
