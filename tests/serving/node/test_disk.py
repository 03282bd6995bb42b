"""Where the data of a node lies."""

from __future__ import annotations

from pathlib import Path

from tests.serving.node.machine import Machine
from tests.serving.node.requests import node
from tests.serving.node.test_user_data import CLOUDS
from tests.serving.node.test_weights import booted


def with_disks(cloud: str, folder: Path, count: int) -> Machine:
    machine = booted(cloud, folder)
    assert node(cloud).startup.disk.kind == "nvme"
    by_id = machine.root / "dev/disk/by-id"
    by_id.mkdir(parents=True)
    lines = ["/dev/nvme0n1 Amazon Elastic Block Store"]
    for index in range(count):
        lines.append(f"/dev/nvme{index + 1}n1 Amazon EC2 NVMe Instance Storage")
        (by_id / f"google-local-nvme-ssd-{index}").touch()
        (by_id / f"google-local-nvme-ssd-{index}-part1").touch()
    (by_id / "google-persistent-disk-0").touch()
    (machine.folder / "disks").write_text("\n".join(lines) + "\n")
    return machine


def device(machine: Machine, cloud: str, index: int) -> str:
    if cloud == "aws":
        return f"/dev/nvme{index + 1}n1"
    return f"{machine.root}/dev/disk/by-id/google-local-nvme-ssd-{index}"


@CLOUDS
def test_several_disks_become_one(cloud: str, tmp_path: Path) -> None:
    machine = with_disks(cloud, tmp_path, 2)
    machine.run("disk")
    var = f"{machine.root}/var/lib"
    made, formatted, *rest = machine.calls("mdadm", "mkfs.ext4", "mount", "systemctl")[2:]
    disks = [device(machine, cloud, index) for index in (0, 1)]
    raid = "mdadm --create /dev/md/llmdeploy --run --level=0 --raid-devices=2"
    assert made == [*raid.split(" "), *disks]
    assert " ".join(formatted) == "mkfs.ext4 -q -F -E nodiscard -L llmdeploy /dev/md/llmdeploy"
    assert rest == [
        ["mount", "-o", "noatime", "/dev/md/llmdeploy", f"{var}/llmdeploy"],
        ["systemctl", "stop", "docker.socket", "docker", "containerd"],
        ["mount", "--bind", f"{var}/llmdeploy/docker", f"{var}/docker"],
        ["mount", "--bind", f"{var}/llmdeploy/containerd", f"{var}/containerd"],
        ["systemctl", "start", "containerd", "docker"],
    ]


@CLOUDS
def test_a_disk_with_data_is_not_formatted_again(cloud: str, tmp_path: Path) -> None:
    machine = with_disks(cloud, tmp_path, 1)
    (machine.folder / "formatted").touch()
    machine.run("disk")
    assert not machine.calls("mkfs.ext4", "mdadm")
    assert machine.calls("mount")[0][3] == device(machine, cloud, 0)


@CLOUDS
def test_what_is_mounted_stays(cloud: str, tmp_path: Path) -> None:
    machine = with_disks(cloud, tmp_path, 1)
    (machine.folder / "mounted").write_text(f"{machine.root}/var/lib/llmdeploy\n")
    machine.run("disk")
    assert not machine.calls("mount", "mkfs.ext4")


def test_disks_that_the_image_has_joined_are_used_as_they_are(tmp_path: Path) -> None:
    machine = with_disks("aws", tmp_path, 2)
    (machine.folder / "mounted").write_text(f"{machine.root}/opt/dlami/nvme\n")
    machine.run("disk")
    assert not machine.calls("mdadm", "mkfs.ext4")
    assert machine.calls("mount")[0][:3] == ["mount", "--bind", f"{machine.root}/opt/dlami/nvme"]


@CLOUDS
def test_without_the_disk_that_was_planned_it_starts_on_the_boot_disk(cloud: str, tmp_path: Path) -> None:
    machine = with_disks(cloud, tmp_path, 0)
    assert "no local disk was found" in machine.run("disk")
    assert (machine.root / "var/lib/llmdeploy/weights").is_dir()
    assert not machine.calls("mkfs.ext4")
