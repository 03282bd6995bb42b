"""What an instance costs an hour: from the user's own prices, the refreshed ones, or the catalog."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from llmdeploy.serving.catalog.regions import CLOUDS
from llmdeploy.serving.catalog.table import DATA
from llmdeploy.serving.errors import LlmdeployError

Purchase = Literal["on-demand", "spot"]
PURCHASES: tuple[Purchase, ...] = ("on-demand", "spot")


@dataclass(frozen=True, slots=True)
class Price:
    """USD for one hour of one instance."""

    region: str
    """`provider/location`."""
    instance: str
    purchase: Purchase
    hourly_usd: float
    estimated: bool
    """True where it is worked out from another region's price: no list price, and `source` says how."""
    source: str
    checked: str
    """ISO date of the source's own data."""


class BadPriceTable(LlmdeployError):
    """A price file of the user's home is not a table of prices."""


def price(region: str, instance: str, purchase: Purchase, overlay: Path | None = None) -> Price | None:
    """The price of an instance in `provider/location`, or None where the catalog has none.

    Args:
        overlay: the folder of own and refreshed prices (`<home>/catalog`): they come before the catalog's.

    Raises:
        BadPriceTable: the overlay's file cannot be read.
    """
    provider, _, location = region.partition("/")
    for table in _tables(provider, overlay):
        row = table["regions"].get(location, {}).get(instance, {}).get(purchase)
        if row is not None:
            return _price(table, region, instance, purchase, row)
    return None


def prices_in(region: str, overlay: Path | None = None) -> Iterator[Price]:
    """Every price of a region, by instance and purchase.

    Raises:
        BadPriceTable: the overlay's file cannot be read.
    """
    provider, _, location = region.partition("/")
    names = {
        name: None for table in _tables(provider, overlay) for name in table["regions"].get(location, {})
    }
    for name in names:
        for purchase in PURCHASES:
            found = price(region, name, purchase, overlay)
            if found is not None:
                yield found


def priced_regions(provider: str, overlay: Path | None = None) -> tuple[str, ...]:
    """The regions, as `provider/location`, that have at least one price."""
    names = {name: None for table in _tables(provider, overlay) for name in table["regions"]}
    return tuple(f"{provider}/{name}" for name in names)


def own_file(folder: Path, provider: str) -> Path:
    """The prices that a user wrote down, a contract's for one: they come before all others."""
    return folder / f"prices-{provider}.json"


def refreshed_file(folder: Path, provider: str) -> Path:
    """The prices that a cloud told when it was asked last."""
    return folder / f"refreshed-{provider}.json"


def nonsense(rows: dict[str, float]) -> str:
    """Why the prices of one instance by purchase make no sense, or an empty string.

    A spot price above the on-demand price is the mark of a mis-filed row: Google's DWS prices, for one, carry
    the names of on-demand ones.
    """
    bad = [purchase for purchase, usd in rows.items() if not 0 < usd < 10_000]
    if bad:
        return f"{bad[0]} price {rows[bad[0]]} USD an hour"
    on_demand, spot = rows.get("on-demand"), rows.get("spot")
    if on_demand is not None and spot is not None and spot > on_demand:
        return f"on-demand {on_demand} below spot {spot}"
    return ""


def _price(table: dict[str, Any], region: str, instance: str, purchase: Purchase, row: Any) -> Price:
    usd, source = row if isinstance(row, list) else (row, 0)
    described = table["sources"][source]
    return Price(
        region,
        instance,
        purchase,
        usd,
        estimated=described.get("estimated", False),
        source=described["source"],
        checked=described["checked"],
    )


def _tables(provider: str, overlay: Path | None) -> list[dict[str, Any]]:
    if provider not in CLOUDS:
        return []
    files = (own_file(overlay, provider), refreshed_file(overlay, provider)) if overlay else ()
    return [*(_overlaid(file) for file in files if file.is_file()), _catalog(provider)]


@cache
def _catalog(provider: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((DATA / f"prices-{provider}.json").read_text("utf-8"))
    return table


@cache
def _overlaid(file: Path) -> dict[str, Any]:
    try:
        table: dict[str, Any] = json.loads(file.read_text("utf-8"))
        if not (isinstance(table["regions"], dict) and isinstance(table["sources"], list)):
            raise TypeError(file)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadPriceTable(
            f"{file}: not a table of prices", "delete it, and the catalog's own prices are used"
        ) from error
    return table
