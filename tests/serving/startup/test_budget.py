"""The budget of a start: physics, limits and what hangs on them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmdeploy.serving.catalog.instances import instance_types
from llmdeploy.serving.catalog.startup import startup_facts
from llmdeploy.serving.frameworks.render import SERVERS
from llmdeploy.serving.startup.budget import MOST_S, STEP_S, StartupAsk, startup_plan
from llmdeploy.serving.startup.plan import StartupPlan

INSTANCES = {**instance_types("aws"), **instance_types("gcp")}
GIB = st.floats(0.5, 1500)


def plan(
    instance: str = "g6e.12xlarge", stored: float = 15, loaded: float = 15, server: str = "vllm"
) -> StartupPlan:
    return startup_plan(
        StartupAsk(
            server=server,
            instance=INSTANCES[instance],
            stored_gib=stored,
            loaded_gib=loaded,
            probe_timeout_s=5,
        )
    )


def part(found: StartupPlan, name: str) -> tuple[float, str]:
    return next((each.seconds, each.limited_by) for each in found.parts if each.name == name)


@pytest.mark.parametrize("server", SERVERS)
def test_every_server_has_its_facts_with_sources(server: str) -> None:
    facts = startup_facts(server)
    assert 0 < facts.image_gib < facts.unpacked_gib
    assert facts.image_source
    assert facts.warm_up_source
    assert [each.name for each in plan(server=server).parts] == [
        "boot",
        "image",
        "weights",
        "load",
        "warm-up",
    ]


@given(st.sampled_from(sorted(INSTANCES)), GIB, GIB)
def test_limits_belong_together(instance: str, stored: float, loaded: float) -> None:
    found = plan(instance, stored, loaded)
    assert found.expected_s < found.timeout_s
    assert found.expected_s >= sum(each.seconds for each in found.parts) - 1
    assert found.warm_up_s <= min(found.expected_s, MOST_S)
    assert found.grace_s <= found.timeout_s
    if INSTANCES[instance].provider == "gcp":
        assert found.grace_s <= MOST_S
    for seconds in (found.expected_s, found.timeout_s, found.first_pull_s):
        assert seconds % STEP_S == 0
    for probe in (found.traffic, found.healing):
        assert 2 <= probe.timeout_s <= probe.interval_s
        assert 1 <= probe.healthy_threshold <= 10
        assert 2 <= probe.unhealthy_threshold <= 10
    assert found.healing.lost_after_s >= found.traffic.lost_after_s


@given(st.sampled_from(sorted(INSTANCES)), GIB, GIB)
def test_the_disk_holds_what_it_must_within_what_the_cloud_sells(
    instance: str, stored: float, loaded: float
) -> None:
    disk = plan(instance, stored, loaded).disk
    assert disk.data_gib >= disk.needed_gib > stored
    assert disk.boot_gib <= 65536
    if disk.boot_kind == "gp3":
        assert disk.boot_mib_s is not None
        assert disk.boot_iops is not None
        assert 125 <= disk.boot_mib_s <= 1000
        assert 3000 <= disk.boot_iops <= 16000
        assert disk.boot_mib_s * 4 <= disk.boot_iops
    if disk.boot_kind == "pd-balanced":
        assert disk.boot_mib_s is None
    assert (disk.kind == "nvme") or disk.kind == disk.boot_kind


@given(st.sampled_from(sorted(INSTANCES)), st.floats(1, 700))
def test_more_weights_never_start_sooner_on_the_same_disk(instance: str, stored: float) -> None:
    less, more = plan(instance, stored, stored), plan(instance, stored * 2, stored * 2)
    if less.disk.kind == more.disk.kind == "nvme":
        assert part(less, "weights")[0] <= part(more, "weights")[0]
        assert less.expected_s <= more.expected_s


def test_what_binds() -> None:
    slow_disk = plan("g6.xlarge")  # 250 GB of NVMe: 125 MiB/s
    assert part(slow_disk, "image") == (221.2, "disk")
    assert part(slow_disk, "weights") == (122.9, "disk")
    fast = plan("p5.48xlarge", 140, 140)
    assert part(fast, "image") == (120.0, "unpacking")
    assert part(fast, "weights") == (140.0, "bucket")
    assert part(fast, "load") == (140.0, "copy to the GPUs")


def test_weights_that_do_not_stay_in_memory_are_read_again() -> None:
    assert part(plan("g6.xlarge", 15, 15), "load")[1] == "disk"
    assert part(plan("g6.4xlarge", 15, 15), "load") == (15.0, "copy to the GPUs")


def test_a_slower_network_binds() -> None:
    instance = replace(INSTANCES["p5.48xlarge"], network_gbps=4)
    ask = StartupAsk(server="vllm", instance=instance, stored_gib=100, loaded_gib=100, probe_timeout_s=5)
    assert part(startup_plan(ask), "weights")[1] == "network"


def test_disks() -> None:
    assert plan("g6e.12xlarge").disk.kind == "nvme"
    small = plan("g4dn.xlarge", 80, 40).disk
    assert (small.kind, small.boot_gib, small.boot_mib_s, small.boot_iops) == ("gp3", 229, 221, 3000)
    assert small.reason == "the instance has only 125 GB of NVMe of its own"
    google = plan("g2-standard-48", 140, 70).disk
    assert (google.kind, google.boot_gib, google.boot_mib_s) == ("pd-balanced", 654, None)
    assert google.reason == "the instance has no NVMe of its own"


def test_in_aws_one_check_does_both() -> None:
    aws, gcp = plan("g6.xlarge"), plan("g2-standard-8")
    assert aws.traffic == aws.healing
    assert gcp.traffic.lost_after_s == 15
    assert gcp.healing.lost_after_s == 150
