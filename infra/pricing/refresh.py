"""Asks the clouds for their prices and keeps them in the llmdeploy home, before the catalog's own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from llmdeploy.infra.pricing.quote import Answer, PricesUnavailable, Quote, Tell
from llmdeploy.serving.catalog.instances import instance_types
from llmdeploy.serving.catalog.prices import PURCHASES, nonsense, price, priced_regions, refreshed_file

Rows = dict[str, dict[str, dict[str, float]]]
"""USD an hour by location, instance and purchase."""
FAR_OFF = 20.0
"""A price so many times the catalog's own, or so small a part of it, is a mistake of the unit or of the row.
Spot lies between a tenth of on demand and the whole of it, so a true price is never so far off."""
_SOURCES = {
    "aws": "AWS Price List API; spot: EC2 DescribeSpotPriceHistory, median of the zones",
    "gcp": "Google Cloud Billing catalog, parts summed, without local SSD",
}


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh of one cloud's prices came to."""

    provider: str
    prices: int
    regions: int
    rejected: tuple[str, ...]
    """Rows that make no sense, each with the reason; they are not written."""
    unasked: tuple[str, ...]
    """Places that did not answer, each with the reason."""
    file: Path | None
    """What was written; None when nothing was."""


def refresh_prices(provider: str, folder: Path, tell: Tell, *, write: bool) -> Refreshed:
    """Ask `aws` or `gcp`, and write what makes sense into `folder`, all of it or nothing.

    Raises:
        PricesUnavailable: the cloud cannot be asked, or told no price; what was written before stays.
    """
    return keep(provider, _ask(provider, tell), folder, write=write)


def keep(provider: str, answer: Answer, folder: Path, *, write: bool) -> Refreshed:
    """Sort out what makes no sense, and write the rest.

    Raises:
        PricesUnavailable: no price is left.
    """
    rows, rejected = _sensible(provider, _by_place(answer.quotes))
    if not rows:
        raise PricesUnavailable(
            f"{provider} told no sensible price of the catalog's instance types", "try again later"
        )
    return Refreshed(
        provider,
        prices=sum(len(row) for place in rows.values() for row in place.values()),
        regions=len(rows),
        rejected=tuple(rejected),
        unasked=answer.unasked,
        file=_write(provider, rows, folder) if write else None,
    )


def _ask(provider: str, tell: Tell) -> Answer:
    if provider == "aws":
        from llmdeploy.infra.pricing.aws import aws_quotes, boto3_client

        locations = [region.partition("/")[2] for region in priced_regions("aws")]
        return aws_quotes(boto3_client(), list(instance_types("aws")), locations, tell)
    from llmdeploy.infra.pricing.gcp import billing_service, gcp_quotes

    return gcp_quotes(billing_service(), tell)


def _by_place(quotes: Iterable[Quote]) -> Rows:
    rows: Rows = {}
    for quote in quotes:
        row = rows.setdefault(quote.location, {}).setdefault(quote.instance, {})
        row[quote.purchase] = quote.hourly_usd
    return rows


def _sensible(provider: str, rows: Rows) -> tuple[Rows, list[str]]:
    kept: Rows = {}
    rejected = []
    for location, instances in sorted(rows.items()):
        for instance, row in sorted(instances.items()):
            reason = nonsense(row) or _far_off(f"{provider}/{location}", instance, row)
            if reason:
                rejected.append(f"{location} {instance}: {reason}")
            else:
                kept.setdefault(location, {})[instance] = row
    return kept, rejected


def _far_off(region: str, instance: str, row: dict[str, float]) -> str:
    for purchase in PURCHASES:
        known = price(region, instance, purchase)
        if known is None or purchase not in row:
            continue
        times = row[purchase] / known.hourly_usd
        if not 1 / FAR_OFF <= times <= FAR_OFF:
            return f"{purchase} {row[purchase]}, and the catalog has {known.hourly_usd}"
    return ""


def _write(provider: str, rows: Rows, folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = refreshed_file(folder, provider)
    checked = datetime.now(UTC).date().isoformat()
    table = {"sources": [{"source": _SOURCES[provider], "checked": checked}], "regions": rows}
    # A reader never sees half a file.
    partial = file.with_suffix(f".{os.getpid()}.partial")
    try:
        partial.write_text(json.dumps(table, indent=1), "utf-8")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return file
