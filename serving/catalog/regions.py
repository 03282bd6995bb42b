"""The regions of each cloud, and the GPUs to be had there."""

from __future__ import annotations

from typing import Final

from llmdeploy.serving.catalog.table import read_table

CLOUDS: Final = ("aws", "gcp", "azure")
"""The clouds that the catalog has instances and prices of, in the order in which they are shown."""


def cloud_regions(provider: str) -> tuple[str, ...]:
    """The locations of one of `CLOUDS`; empty for any other provider."""
    return tuple(read_table("regions").get(provider, {}))


def gpus_offered(region: str) -> tuple[str, ...] | None:
    """The GPUs to be had in `provider/location`; None where that is not known.

    Raises:
        KeyError: the catalog has no such region.
    """
    provider, _, location = region.partition("/")
    row = read_table("regions")[provider][location]
    return tuple(row["gpus"]) if "gpus" in row else None


def regions_offering(gpu: str, provider: str) -> tuple[str, ...]:
    """The regions of a provider, as `provider/location`, that are known to have a GPU."""
    rows = read_table("regions").get(provider, {})
    return tuple(f"{provider}/{location}" for location, row in rows.items() if gpu in row.get("gpus", ()))
