"""An instance type of the catalog, in the words of an instance template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmdeploy.serving.plan.hardware import HardwarePlan
from llmdeploy.serving.startup.plan import DiskPlan
from llmdeploy.serving.startup.rates import HYPERDISK_BASE_MIB_S

if TYPE_CHECKING:
    from pulumi_gcp.compute import (
        RegionInstanceTemplateDiskArgsDict,
        RegionInstanceTemplateGuestAcceleratorArgsDict,
        RegionInstanceTemplateSchedulingArgsDict,
    )

ACCELERATORS = {"t4": "nvidia-tesla-t4"}
"""GPUs that are attached to a general machine (N1). All others are a part of their machine type."""


def machine_type(hardware: HardwarePlan) -> str:
    """`n1-standard-8+2xt4` is the machine n1-standard-8 with two T4."""
    return hardware.instance.partition("+")[0]


def accelerators(hardware: HardwarePlan) -> list[RegionInstanceTemplateGuestAcceleratorArgsDict] | None:
    """The GPUs that must be named beside the machine; None where the machine type implies them."""
    if "+" not in hardware.instance:
        return None
    return [{"type": ACCELERATORS[hardware.gpu], "count": hardware.instance_gpus}]


def scheduling(spot: bool) -> RegionInstanceTemplateSchedulingArgsDict:
    """How Google may stop and restart an instance. One with GPUs cannot be moved while it runs."""
    if spot:
        return {
            "provisioning_model": "SPOT",
            "preemptible": True,
            "instance_termination_action": "STOP",
            "automatic_restart": False,
            "on_host_maintenance": "TERMINATE",
        }
    return {
        "provisioning_model": "STANDARD",
        "preemptible": False,
        "automatic_restart": True,
        "on_host_maintenance": "TERMINATE",
    }


def boot_disk(disk: DiskPlan, image: str, labels: Mapping[str, str]) -> RegionInstanceTemplateDiskArgsDict:
    """The boot disk, encrypted by Google. Disks of the instance's own (NVMe) come with its machine type."""
    boot: RegionInstanceTemplateDiskArgsDict = {
        "boot": True,
        "auto_delete": True,
        "source_image": image,
        "disk_type": disk.boot_kind,
        "disk_size_gb": disk.boot_gib,
        "labels": dict(labels),
    }
    # What a disk has anyway is not asked for.
    if (disk.boot_mib_s or 0) > HYPERDISK_BASE_MIB_S and disk.boot_iops is not None:
        boot["provisioned_throughput"] = disk.boot_mib_s
        boot["provisioned_iops"] = disk.boot_iops
    return boot
