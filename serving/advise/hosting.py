"""Self-host, or call an API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llmdeploy.serving.advise.circumstances import Circumstances
from llmdeploy.serving.cost.alternatives import ApiCost
from llmdeploy.serving.cost.volume import VolumeCost

Hosting = Literal["self-host", "managed endpoint", "API"]


@dataclass(frozen=True, slots=True)
class HostingAdvice:
    """What to do, why, and what speaks against it."""

    choice: Hosting
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    self_hosted_usd: float
    """A month, at the volume."""
    managed_usd: float | None
    """A month as managed endpoints; None where no price is known."""
    estimated: bool
    """Whether prices in it are worked out, and stand in no list."""
    api_usd: float | None
    """A month by the cheapest API; None where none serves the model."""
    break_even_tokens: float | None
    """The least tokens a month at which self-hosting costs no more; None where it never does."""
    settled_tokens: float | None
    """Tokens a month from which it never costs more again; None where there are none."""


def advise_hosting(
    given: Circumstances,
    volume: VolumeCost,
    managed: VolumeCost | None,
    apis: tuple[ApiCost, ...],
    *,
    estimated: bool,
) -> HostingAdvice:
    """What must be decides first; where nothing must, the price at the volume.

    Args:
        volume: self-hosted.
        managed: as managed endpoints.
        estimated: whether prices in the former are estimates.
    """
    own = volume.usd(given.tokens_per_month)
    endpoint = managed.usd(given.tokens_per_month) if managed else None
    cheapest = apis[0].million_tokens_usd if apis else None
    api = cheapest * given.tokens_per_month / 1e6 if cheapest is not None else None
    must = _musts(given, has_api=bool(apis))
    cheaper = api is not None and own <= api
    about = "about " if estimated else ""
    by_price = f"{about}{own:,.0f} USD a month, the cheapest API " + (
        f"{api:,.0f}" if api is not None else "none"
    )
    if must or cheaper:
        choice: Hosting = "managed endpoint" if given.operations == "none" else "self-host"
        reasons = (*must, by_price) if cheaper else must
        doubts = _doubts(given, choice, own, endpoint)
        doubts += () if cheaper or api is None else (f"it costs more: {by_price}",)
    else:
        choice, reasons, doubts = "API", (f"self-hosting costs {by_price}",), ()
    even = volume.break_even(cheapest) if cheapest is not None else None
    settled = volume.settled(cheapest) if cheapest is not None else None
    return HostingAdvice(choice, reasons, doubts, own, endpoint, estimated, api, even, settled)


def _musts(given: Circumstances, *, has_api: bool) -> tuple[str, ...]:
    found = (
        (given.residency, "data may not leave regions of your choice"),
        (given.customised, "the weights or adapters are your own"),
        (given.strict_latency, "a shared API promises no latency"),
        (not has_api, "no API that the catalog knows serves this model"),
    )
    return tuple(reason for holds, reason in found if holds)


def _doubts(given: Circumstances, choice: Hosting, own: float, endpoint: float | None) -> tuple[str, ...]:
    if choice == "managed endpoint":
        if endpoint is None:
            return ("what a managed endpoint costs is not known",)
        return (f"a managed endpoint costs about {endpoint:,.0f} USD a month, self-hosted {own:,.0f}",)
    if given.operations == "some":
        return ("someone must be on call for GPUs, drivers and quota",)
    return ()
