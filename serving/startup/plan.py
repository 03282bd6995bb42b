"""The start of a replica, as data: the parts of its budget, its disk, and every limit that follows."""

from __future__ import annotations

from typing import Literal

from llmdeploy.serving.frozen import Frozen

PartName = Literal["boot", "image", "weights", "load", "warm-up"]


class StartupPart(Frozen):
    """One thing that happens between the instance's start and its first answer."""

    name: PartName
    seconds: float
    limited_by: str
    """What it waits for: the network, the disk, unpacking…"""
    source: str


class DiskPlan(Frozen):
    """Where the image and the weights lie, and the boot disk. GiB and MiB/s."""

    kind: Literal["nvme", "gp3", "pd-balanced", "hyperdisk-balanced", "os-disk"]
    """`nvme`: the instance's own disks, joined as RAID 0. Else the boot disk holds everything."""
    needed_gib: int
    """Image, weights, and what compiling leaves."""
    data_gib: int
    """What there is for that."""
    write_mib_s: int
    read_mib_s: int
    boot_kind: Literal["gp3", "pd-balanced", "hyperdisk-balanced", "os-disk"]
    boot_gib: int
    boot_mib_s: int | None
    """Provisioned throughput; None where it follows from the size."""
    boot_iops: int | None
    """Provisioned with it."""
    reason: str


class ProbePlan(Frozen):
    """A health check. Seconds, and checks in a row."""

    interval_s: int
    timeout_s: int
    healthy_threshold: int
    unhealthy_threshold: int

    @property
    def lost_after_s(self) -> int:
        """Seconds until a replica that hangs counts as lost."""
        return self.interval_s * self.unhealthy_threshold


class StartupPlan(Frozen):
    """The budget of a start, and the limits that are set from it together. Seconds."""

    parts: tuple[StartupPart, ...]
    disk: DiskPlan
    expected_s: int
    """The parts together, with the image in the region's cache."""
    first_pull_s: int
    """What the first instance of a region waits longer, while the cache fetches the image."""
    timeout_s: int
    """After this a replica that is not ready is given up: the systemd unit fails and starts anew."""
    grace_s: int
    """ASG `health_check_grace_period`, MIG `initial_delay_sec`: a replica is not replaced before."""
    warm_up_s: int
    """ASG `default_instance_warmup`, autoscaler `cooldown_period`: its load does not count before."""
    traffic: ProbePlan
    """The load balancer's check, which decides on requests; in AWS it also replaces instances."""
    healing: ProbePlan
    """The check that replaces an instance, laxer than that for traffic."""
