"""Amazon's regions, zones, instance types and public images, from the copies of real answers in moto.

The files are read, not imported: moto's modules take a second.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from llmdeploy.infra.simulate.errors import SimulationError

_ZONE: Final = re.compile(r'name="([a-z0-9-]+)",\s*zone_id="([a-z0-9-]+)"')
_DEEP_LEARNING: Final = re.compile(
    r"^/aws/service/deeplearning/ami/(?:x86_64|arm64)/"
    r"base-oss-nvidia-driver-gpu-(?:amazon-linux-2023|ubuntu-22\.04|ubuntu-24\.04)/latest/ami-id$"
)
"""Published by AWS, absent from moto: the image behind it is made up. Source: AWS Deep Learning AMIs
Developer Guide,
"Get the latest AMI with Systems Manager", written down 2026-11-24."""


@cache
def regions() -> tuple[str, ...]:
    """All regions that are known."""
    return tuple(sorted(file.name.removesuffix(".json.gz") for file in _offerings().glob("*.json.gz")))


@cache
def zones(region: str) -> tuple[str, ...]:
    """The availability zones of a region; empty for one that is not known."""
    return tuple(sorted({zone for offered in offerings(region).values() for zone in offered}))


def zone_id(zone: str) -> str:
    """Amazon's own name of a zone, such as `use1-az6`; empty where it is not known."""
    return _zone_ids().get(zone, "")


@cache
def offerings(region: str) -> dict[str, tuple[str, ...]]:
    """Instance type → the zones that offer it."""
    file = _offerings() / f"{region}.json.gz"
    if not file.exists():
        return {}
    offered: dict[str, list[str]] = {}
    for row in _read(file):
        offered.setdefault(row["InstanceType"], []).append(row["Location"])
    return {kind: tuple(sorted(found)) for kind, found in offered.items()}


@cache
def instance_types() -> dict[str, dict[str, Any]]:
    """Instance type → what DescribeInstanceTypes says of it."""
    types: dict[str, dict[str, Any]] = _read(_moto() / "ec2" / "resources" / "instance_types.json.gz")
    return types


def public_parameter(region: str, name: str) -> str | None:
    """The value of one of Amazon's public SSM parameters; None for one that is not known."""
    if _DEEP_LEARNING.match(name):
        return _made_up_image(region, name)
    return _parameters(region).get(name)


def is_image(region: str, image: str) -> bool:
    """Whether an AMI of that id is known in the region."""
    return image in _images(region) or image in {
        _made_up_image(region, name) for name in _deep_learning_names()
    }


@cache
def images(region: str) -> tuple[dict[str, Any], ...]:
    """Public images of a region, newest of each kind, as moto keeps them."""
    file = _moto() / "ec2" / "resources" / "latest_amis" / f"{region}.json.gz"
    return tuple(_read(file)) if file.exists() else ()


@cache
def prefix_lists() -> dict[str, tuple[str, str]]:
    """Id of each prefix list that Amazon keeps → region and name. The ids are made up; the names are real.

    Source: Amazon VPC User Guide, "AWS-managed prefix lists", written down 2026-11-24.
    """
    found: dict[str, tuple[str, str]] = {}
    for region in regions():
        own = [f"com.amazonaws.{region}.{service}" for service in ("s3", "dynamodb", "vpc-lattice")]
        for name in (*own, "com.amazonaws.global.cloudfront.origin-facing"):
            found[f"pl-{hashlib.sha256(f'{region}{name}'.encode()).hexdigest()[:8]}"] = (region, name)
    return found


@cache
def _images(region: str) -> frozenset[str]:
    of_parameters = {value for value in _parameters(region).values() if value.startswith("ami-")}
    return frozenset(of_parameters | {image["ami_id"] for image in images(region)})


@cache
def _parameters(region: str) -> dict[str, str]:
    folder = _moto() / "ssm" / "resources"
    found: dict[str, str] = {}
    linux = folder / "ami-amazon-linux-latest" / f"{region}.json.gz"
    if linux.exists():
        found |= {row["Name"]: row["Value"] for row in _read(linux)}
    ecs = folder / "ecs" / "optimized_amis" / f"{region}.json.gz"
    if ecs.exists():
        _flatten("", _read(ecs), found)
    return found


def _flatten(path: str, tree: dict[str, Any], found: dict[str, str]) -> None:
    for key, value in tree.items():
        if key == "Value":
            found[path] = value if isinstance(value, str) else json.dumps(value)
        elif isinstance(value, dict):
            _flatten(f"{path}/{key}", value, found)


@cache
def _deep_learning_names() -> tuple[str, ...]:
    systems = ("amazon-linux-2023", "ubuntu-22.04", "ubuntu-24.04")
    return tuple(
        f"/aws/service/deeplearning/ami/{machine}/base-oss-nvidia-driver-gpu-{system}/latest/ami-id"
        for machine in ("x86_64", "arm64")
        for system in systems
    )


def _made_up_image(region: str, name: str) -> str:
    return f"ami-{hashlib.sha256(f'{region}{name}'.encode()).hexdigest()[:17]}"


@cache
def _zone_ids() -> dict[str, str]:
    text = (_moto() / "ec2" / "models" / "availability_zones_and_regions.py").read_text()
    return dict(_ZONE.findall(text))


def _offerings() -> Path:
    return _moto() / "ec2" / "resources" / "instance_type_offerings" / "availability-zone"


@cache
def _moto() -> Path:
    found = find_spec("moto")
    if found is None or found.origin is None:
        raise SimulationError("moto is not installed", "pip install 'llmdeploy-stacks[simulate]'")
    return Path(found.origin).parent


def _read(file: Path) -> Any:
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        return json.load(opened)
