"""Prices as a cloud quotes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from llmdeploy.serving.catalog.prices import Purchase
from llmdeploy.serving.errors import LlmdeployError

Tell = Callable[[str], None]
"""Told in a line what is done."""


@dataclass(frozen=True, slots=True)
class Quote:
    """USD for one hour of an instance in a location (`us-east-1`)."""

    location: str
    instance: str
    purchase: Purchase
    hourly_usd: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a cloud told. `unasked` names each place that did not answer, with the reason."""

    quotes: tuple[Quote, ...]
    unasked: tuple[str, ...] = ()


class PricesUnavailable(LlmdeployError):
    """A cloud's pricing API cannot be asked, or does not answer."""
