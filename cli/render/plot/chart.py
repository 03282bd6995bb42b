"""What a picture of the break-even shows, whoever draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

X_TITLE = "tokens a month, input and output together"
Y_TITLE = "USD a month"
POINTS = 481
"""Of a curve: enough for the steps at which replicas are added to look like steps."""


@dataclass(frozen=True, slots=True)
class Line:
    """One way to serve the model: a name, a colour, and the USD at each volume."""

    name: str
    colour: str
    usd: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole picture. Both axes are logarithmic."""

    title: str
    tokens: tuple[float, ...]
    lines: tuple[Line, ...]
    break_even: float | None
    """Tokens a month."""
    volume: float
    """The user's own, tokens a month."""
    notes: tuple[str, ...]
    """What is estimated, and the sources."""


def chart_of(data: dict[str, Any]) -> Chart:
    """The picture of an advice with a curve."""
    curve, hosting = data["curve"], data["hosting"]
    api = data["apis"][0]["price"]["provider"]
    about = ", estimated" if hosting["estimated"] else ""
    ways = [
        (f"self-hosted{about}", "#1f6feb", "self_hosted_usd"),
        ("managed endpoint, estimated", "#8250df", "managed_usd"),
        (f"cheapest API ({api})", "#cf222e", "api_usd"),
    ]
    return Chart(
        title=f"{data['stack']}: {_crossing(hosting)}",
        tokens=tuple(point["tokens"] for point in curve),
        lines=tuple(
            Line(name, colour, tuple(point[key] for point in curve))
            for name, colour, key in ways
            if curve[0][key] is not None
        ),
        break_even=hosting["break_even_tokens"],
        volume=data["circumstances"]["tokens_per_month"],
        notes=tuple(data["sources"]),
    )


def _crossing(hosting: dict[str, Any]) -> str:
    even, settled = hosting["break_even_tokens"], hosting["settled_tokens"]
    if even is None:
        return "the API is cheaper at every volume"
    then = f", for good from {volume(settled)}" if settled is not None and settled > even else ""
    return f"self-hosting pays from {volume(even)} tokens a month{then}"


def volume(tokens: float) -> str:
    """`1.5 billion`, as a reader says it."""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if tokens >= size:
            return f"{tokens / size:.3g} {word}"
    return f"{tokens:.0f}"


def money(amount: float) -> str:
    """`12k`, as an axis has room for it."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if amount >= size:
            return f"{amount / size:g}{letter}"
    return f"{amount:g}"
