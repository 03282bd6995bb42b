# ruff: noqa: E501
"""Writes the AWS instance types, their zones and their prices of the catalog from public data.

Needs moto for EC2's own instance types and zone offerings, and three files of public price data:

    uv run --with moto scripts/build_catalog.py KARPENTER_GO VANTAGE_JS SPOT_ADVISOR_JSON

KARPENTER_GO: pkg/providers/pricing/zz_generated.pricing_aws.go of aws/karpenter-provider-aws.
VANTAGE_JS: data/all_gpu_instances.js of tsaol/aws-gpu (instances.vantage.sh).
SPOT_ADVISOR_JSON: internal/spot/data/spot-advisor-data.json of alexei-led/spotinfo (AWS's own spot advisor).

GCP's files are kept by hand: no public file has them whole.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import sys
from pathlib import Path
from statistics import median
from typing import Any

from catalog_table import write_table

FAMILIES = re.compile(r"(g4dn|g5|g6|g6e|g7e|gr6|p4d|p4de|p5|p5e|p5en|p6-b200|p6-b300)\.(?!metal)")
# EC2's name and memory of a GPU, MiB, to gpus.yaml's name.
GPUS = {
    ("T4", 16384): "t4",
    ("A10G", 22888): "a10g",
    ("L4", 22888): "l4",
    ("L40S", 45776): "l40s",
    ("RTX PRO Server 6000", 98304): "rtx-pro-6000",
    ("A100", 40960): "a100-40gb",
    ("A100", 81920): "a100-80gb",
    ("H100", 81920): "h100",
    ("H200", 144384): "h200",
    ("B200", 183359): "b200",
    ("B300", 275040): "b300",
}
BASE = "us-east-1"
CHECKED = "2026-11-24"
KARPENTER = {
    "source": "aws/karpenter-provider-aws pkg/providers/pricing/zz_generated.pricing_aws.go @6fc13b5 (AWS price list, us-east-1)",
    "checked": "2026-07-20",
}
VANTAGE = {
    "source": "tsaol/aws-gpu data/all_gpu_instances.js @7412fd2 (instances.vantage.sh, AWS price list)",
    "checked": "2025-11-30",
}
RATIO = {
    "source": "us-east-1's list price times the region's median ratio to us-east-1 over the types listed in both",
    "checked": "2026-07-20",
    "estimated": True,
}
ADVISOR = {
    "source": "on-demand price less the savings of AWS's spot advisor (alexei-led/spotinfo @5eedf20)",
    "checked": "2025-06-28",
    "estimated": True,
}


def main(karpenter: Path, vantage: Path, advisor: Path) -> None:
    """Read everything, then write the three files of AWS."""
    resources = _moto_resources()
    types = _types(resources)
    offered = _offerings(resources, types)
    on_demand = _on_demand(_karpenter(karpenter), _vantage(vantage), types, offered)
    write_table(
        "instances-aws.json",
        {"source": "EC2 DescribeInstanceTypes, bundled by moto 5.2.5", "checked": CHECKED, "types": types},
    )
    write_table("offerings-aws.json", {
        "source": "EC2 DescribeInstanceTypeOfferings, bundled by moto 5.2.5", "checked": CHECKED, "regions": offered,
    })  # fmt: skip
    write_table("prices-aws.json", {
        "sources": [KARPENTER, VANTAGE, RATIO, ADVISOR],
        "regions": _with_spot(on_demand, json.loads(advisor.read_text("utf-8"))["spot_advisor"], types),
    })  # fmt: skip


def _moto_resources() -> Path:
    spec = importlib.util.find_spec("moto")
    if spec is None or spec.origin is None:
        sys.exit("moto is missing: uv run --with moto scripts/build_catalog.py …")
    return Path(spec.origin).parent / "ec2/resources"


def _types(resources: Path) -> dict[str, Any]:
    every = json.loads(gzip.decompress((resources / "instance_types.json.gz").read_bytes()))
    return {name: _type(every[name]) for name in sorted(every) if FAMILIES.match(name)}


def _type(row: dict[str, Any]) -> dict[str, Any]:
    gpu = row["GpuInfo"]["Gpus"][0]
    classes = row["SupportedUsageClasses"]
    cards = row["NetworkInfo"].get("NetworkCards", [])
    described = {
        "gpu": GPUS[gpu["Name"], gpu["MemoryInfo"]["SizeInMiB"]],
        "gpus": gpu["Count"],
        "vcpus": row["VCpuInfo"]["DefaultVCpus"],
        "memory_gib": row["MemoryInfo"]["SizeInMiB"] / 1024,
        "nvme_gb": row.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0),
        "network_gbps": sum(card.get("PeakBandwidthInGbps", 0.0) for card in cards),
    }
    return described | {
        key: False for key, name in (("on_demand", "on-demand"), ("spot", "spot")) if name not in classes
    }


def _offerings(resources: Path, types: dict[str, Any]) -> dict[str, dict[str, str]]:
    regions = {}
    for file in sorted((resources / "instance_type_offerings/availability-zone").glob("*.json.gz")):
        region = file.name.removesuffix(".json.gz")
        rows = json.loads(gzip.decompress(file.read_bytes()))
        zones: dict[str, set[str]] = {}
        for row in rows:
            if row["InstanceType"] in types and row["Location"].startswith(region):
                zones.setdefault(row["InstanceType"], set()).add(row["Location"].removeprefix(region))
        if zones and not region.startswith(("cn-", "us-gov-")):
            regions[region] = {name: " ".join(sorted(zones[name])) for name in sorted(zones)}
    return regions


def _karpenter(file: Path) -> dict[str, float]:
    return {
        name: float(usd) for name, usd in re.findall(r'"([a-z0-9.-]+)": ([0-9.]+)', file.read_text("utf-8"))
    }


def _vantage(file: Path) -> dict[str, dict[str, float]]:
    text = file.read_text("utf-8")
    rows = json.loads(text[text.index("[") : text.rindex("]") + 1])
    regions: dict[str, dict[str, float]] = {}
    for row in rows:
        for region, prices in row["pricing"].items():
            if usd := prices.get("onDemand"):
                regions.setdefault(region, {})[row["name"]] = usd
    return regions


def _on_demand(
    base: dict[str, float],
    listed: dict[str, dict[str, float]],
    types: dict[str, Any],
    offered: dict[str, Any],
) -> dict[str, dict[str, list[float]]]:
    prices: dict[str, dict[str, list[float]]] = {}
    for region in sorted(offered):
        known = listed.get(region, {})
        both = [known[name] / base[name] for name in known if name in base and name in types]
        rows = prices.setdefault(region, {})
        for name in offered[region]:
            if region == BASE and name in base:
                rows[name] = [base[name], 0]
            elif name in known:
                rows[name] = [known[name], 1]
            elif name in base and both:
                rows[name] = [round(base[name] * median(both), 4), 2]
    return prices


def _with_spot(
    on_demand: dict[str, dict[str, list[float]]], advisor: dict[str, Any], types: dict[str, Any]
) -> dict[str, Any]:
    regions: dict[str, Any] = {}
    for region, rows in on_demand.items():
        savings = advisor.get(region, {}).get("Linux", {})
        for name, (usd, source) in rows.items():
            cell = regions.setdefault(region, {}).setdefault(name, {"on-demand": [usd, source]})
            saved = savings.get(name, {}).get("s", 0)
            if saved > 0 and types[name].get("spot", True):
                cell["spot"] = [round(usd * (100 - saved) / 100, 4), 3]
    return regions


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
