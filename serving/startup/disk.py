"""Which disk takes the image and the weights."""

from __future__ import annotations

import math

from llmdeploy.serving.catalog.instances import InstanceType
from llmdeploy.serving.startup import rates
from llmdeploy.serving.startup.plan import DiskPlan

HYPERDISK_ONLY = ("a3-", "a4-", "a4x-", "g4-")
"""Machine families whose boot disk is Hyperdisk; older GPU families take persistent disks (from memory)."""


def choose_disk(
    instance: InstanceType, image_gib: float, unpacked_gib: float, weights_gib: float
) -> DiskPlan:
    """The instance's own NVMe when it holds everything, else a boot disk made large and fast enough."""
    needed = math.ceil(image_gib + unpacked_gib + weights_gib + rates.SCRATCH_GIB)
    nvme_gib = instance.nvme_gb * 1e9 / 2**30 * rates.NVME_USABLE
    own = nvme_gib >= needed
    boot = _boot_disk(instance, 0 if own else needed)
    if not own:
        has = f"only {instance.nvme_gb} GB of" if instance.nvme_gb else "no"
        return boot.model_copy(update={"reason": f"the instance has {has} NVMe of its own"})
    return boot.model_copy(
        update={
            "kind": "nvme",
            "needed_gib": needed,
            "data_gib": int(nvme_gib),
            "write_mib_s": _nvme(instance, rates.NVME_WRITE_PER_GB),
            "read_mib_s": _nvme(instance, rates.NVME_READ_PER_GB),
            "reason": f"the instance's own NVMe holds the {needed} GiB",
        }
    )


def _nvme(instance: InstanceType, per_gb: float) -> int:
    return min(rates.NVME_MOST_MIB_S, int(instance.nvme_gb * per_gb))


def _boot_disk(instance: InstanceType, data_gib: int) -> DiskPlan:
    """A boot disk that also holds `data_gib`, 0 for one that only boots."""
    wanted = math.ceil(data_gib * 1024 / rates.STAGED_WITHIN_S)
    size = rates.BOOT_GIB + data_gib
    if instance.provider == "aws":
        rate = _between(rates.GP3_BASE_MIB_S, wanted, rates.GP3_MOST_MIB_S)
        iops = max(rates.GP3_BASE_IOPS, rate * rates.GP3_IOPS_PER_MIB_S)
        return _disk("gp3", data_gib, size, rate, iops)
    if instance.provider == "azure":
        return _disk("os-disk", data_gib, size, rates.OS_DISK_MIB_S, None)
    if instance.name.startswith(HYPERDISK_ONLY):
        rate = _between(rates.HYPERDISK_BASE_MIB_S, wanted, rates.HYPERDISK_MOST_MIB_S)
        iops = max(rates.HYPERDISK_BASE_IOPS, rate * rates.GP3_IOPS_PER_MIB_S)
        return _disk("hyperdisk-balanced", data_gib, size, rate, iops)
    reached = min(wanted, rates.PD_MOST_MIB_S)
    size = max(size, math.ceil((reached - rates.PD_BASE_MIB_S) / rates.PD_MIB_S_PER_GIB))
    rate = min(rates.PD_MOST_MIB_S, int(rates.PD_BASE_MIB_S + rates.PD_MIB_S_PER_GIB * size))
    return _disk("pd-balanced", data_gib, size, rate, None)


def _disk(kind: str, data_gib: int, size: int, rate: int, iops: int | None) -> DiskPlan:
    return DiskPlan.model_validate(
        {
            "kind": kind,
            "needed_gib": data_gib,
            "data_gib": size - rates.BOOT_GIB,
            "write_mib_s": rate,
            "read_mib_s": rate,
            "boot_kind": kind,
            "boot_gib": size,
            "boot_mib_s": rate if iops else None,
            "boot_iops": iops,
            "reason": "",
        }
    )


def _between(least: int, wanted: int, most: int) -> int:
    return max(least, min(wanted, most))
