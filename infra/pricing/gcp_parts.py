"""Which part of a machine a SKU of Google's price list is the price of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from llmdeploy.serving.catalog.prices import Purchase

Rates = dict[tuple[str, Purchase, str, str], float]
"""USD an hour by location, purchase, kind of part (`gpu`, `core`, `ram`) and its name."""

_PURCHASES: Mapping[str, Purchase] = {"OnDemand": "on-demand", "Preemptible": "spot"}
# How the description of a SKU begins, after what says spot; the rest names the place. DWS, reservation and
# commitment prices carry other words in between, so they do not match: they are no on-demand prices.
_SPOT = r"(?:Spot Preemptible )?"
_AT = r"(?: attached to Spot Preemptible VMs)?(?: running)? in "
_GPUS = {
    "t4": r"Nvidia Tesla T4 GPU",
    "l4": r"Nvidia L4 GPU",
    "a100-40gb": r"Nvidia Tesla A100 GPU",
    "a100-80gb": r"Nvidia Tesla A100 80GB GPU",
    "h100": r"Nvidia H100 80GB(?: Plus)? GPU",
    "h200": r"Nvidia H200 141GB GPU",
    "b200": r"Nvidia B200(?: \(1 gpu slice\))?(?: 192GB)? GPU",
    "rtx-pro-6000": r"Nvidia RTX PRO 6000(?: 96GB)? GPU",
}
_HOSTS = {
    "n1": r"N1 Predefined Instance",
    "g2": r"G2 Instance",
    "g4": r"G4 Instance",
    "a2": r"A2 Instance",
    "a3": r"A3 Instance",
    "a4": r"A4 Instance",
}
_PARTS = {
    **{("gpu", gpu): re.compile(f"{_SPOT}{name}{_AT}", re.IGNORECASE) for gpu, name in _GPUS.items()},
    **{
        (part, family): re.compile(f"{_SPOT}{name} {word}{_AT}", re.IGNORECASE)
        for family, name in _HOSTS.items()
        for part, word in (("core", "Core"), ("ram", "Ram"))
    },
}


def sku_rates(sku: dict[str, Any]) -> Rates:
    """The price that a SKU gives, in each of its regions; none when it is of no part that we rent."""
    purchase = _PURCHASES.get(sku["category"].get("usageType", ""))
    part = next((part for part, named in _PARTS.items() if named.match(sku["description"])), None)
    usd = _hourly(sku)
    if purchase is None or part is None or usd is None:
        return {}
    return {(location, purchase, *part): usd for location in sku.get("serviceRegions", ())}


def _hourly(sku: dict[str, Any]) -> float | None:
    for info in sku.get("pricingInfo", ())[:1]:
        expression = info["pricingExpression"]
        if expression.get("usageUnit") in ("h", "GiBy.h") and expression.get("tieredRates"):
            price = expression["tieredRates"][-1]["unitPrice"]
            return int(price.get("units", 0)) + int(price.get("nanos", 0)) / 1e9
    return None
