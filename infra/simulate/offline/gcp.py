"""Google Cloud's regions, zones and machine types, from the catalog."""

from __future__ import annotations

from functools import cache
from typing import Final

from llmdeploy.serving.catalog.instances import instance_types, instances_in, zones_offering
from llmdeploy.serving.catalog.regions import cloud_regions

IMAGE_FAMILIES: Final = {
    "cos-cloud": ("cos-stable", "cos-121-lts", "cos-117-lts", "cos-113-lts"),
    "debian-cloud": ("debian-12", "debian-13"),
    "ubuntu-os-cloud": ("ubuntu-2204-lts", "ubuntu-2404-lts-amd64"),
    "ubuntu-os-accelerator-images": (
        "ubuntu-accelerator-2204-amd64-with-nvidia-570",
        "ubuntu-accelerator-2404-amd64-with-nvidia-570",
    ),
    "deeplearning-platform-release": (
        "common-cu128-ubuntu-2204-nvidia-570",
        "common-cu129-ubuntu-2204-nvidia-580",
    ),
    "rocky-linux-cloud": ("rocky-linux-9",),
}
"""Project → families of public images. Source: cloud.google.com/compute/docs/images/os-details and
cloud.google.com/deep-learning-vm/docs/images, from memory, written down 2026-11-24."""

_GENERAL: Final = ("e2", "n1", "n2", "n2d", "n4", "c3", "c4", "t2d")
"""Machine families without GPUs that every region has."""


def regions() -> tuple[str, ...]:
    """All regions that are known."""
    return cloud_regions("gcp")


@cache
def zones(region: str) -> tuple[str, ...]:
    """The zones of a region: those where GPUs are known to be, else `a` to `c`; empty for an unknown
    region.
    """
    if region not in regions():
        return ()
    found = {
        zone for kind in instances_in(f"gcp/{region}") for zone in zones_offering(f"gcp/{region}", kind.name)
    }
    return tuple(
        sorted(found | {f"{region}-{letter}" for letter in ("a", "b", "c")} if len(found) < 3 else found)
    )


def offered_in(region: str, machine: str, accelerator: str = "", count: int = 0) -> tuple[str, ...] | None:
    """The zones of a region that offer a machine type; None for a machine type that is not known at all.

    Args:
        accelerator: the type as the API names it, for machines whose GPUs are asked for beside them.
    """
    name = machine
    if accelerator and machine.startswith("n1-"):
        short = accelerator.removeprefix("nvidia-").removeprefix("tesla-")
        name = f"{machine}+{f'{count}x' if count > 1 else ''}{short}"
        candidates = [name, f"{machine}+{count}x{short}", f"{machine}+{short}"]
        name = next((each for each in candidates if each in instance_types("gcp")), machine)
    if name in instance_types("gcp"):
        return zones_offering(f"gcp/{region}", name)
    family = machine.partition("-")[0]
    return zones(region) if family in _GENERAL else None
