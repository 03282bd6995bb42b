"""Calculations, whatever goes in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llmdeploy.modules.aws.fargate import SIZES, fargate_size
from llmdeploy.modules.aws.refresh import checkpoints, most_healthy_percent
from llmdeploy.modules.aws.scaling import MOST_AT_ONCE, steps
from llmdeploy.modules.aws.zones import choose_zones, private_cidr, public_cidr

ZONES = [f"us-east-1{letter}" for letter in "abcdefgh"]


@given(st.floats(0.25, 16), st.floats(0.5, 120))
def test_a_task_has_what_was_asked_for_in_a_size_that_fargate_has(vcpu: float, memory: float) -> None:
    cpu, mib = fargate_size(vcpu, memory)
    assert mib in SIZES[cpu]
    assert cpu >= vcpu * 1024
    assert mib >= memory * 1024


def test_the_usual_gateway_is_the_usual_task() -> None:
    assert fargate_size(1, 2) == (1024, 2048)
    assert fargate_size(0.5, 8) == (1024, 8192)


@given(st.integers(1, 500))
def test_a_refresh_has_room_for_one_instance_more_and_no_less(replicas: int) -> None:
    most = most_healthy_percent(replicas)
    assert 100 < most <= 200
    assert replicas * most // 100 >= replicas + 1


@given(st.integers(0, 500))
def test_checkpoints_rise_to_all(replicas: int) -> None:
    found = checkpoints(replicas)
    assert found == sorted(set(found))
    assert found[-1] == 100
    assert all(share * max(1, replicas) >= 100 for share in found)


@given(st.integers(1, MOST_AT_ONCE))
def test_every_gap_is_filled_in_one_step(most: int) -> None:
    """Bounds are counted from the alarm's threshold, 1."""
    found = steps(most)
    assert len(found) <= 20
    for gap in range(1, most + 5):
        hit = [
            step["scaling_adjustment"]
            for step in found
            if float(step["metric_interval_lower_bound"]) <= gap - 1
            and gap - 1 < float(step.get("metric_interval_upper_bound", "inf"))
        ]
        assert hit == [min(gap, most)]


@given(st.sets(st.sampled_from(ZONES[:6]), min_size=1))
def test_a_network_spans_every_zone_of_the_fleet_and_two_at_least(offering: set[str]) -> None:
    found = choose_zones("aws/us-east-1", "g6.xlarge", sorted(offering), ZONES[:6])
    assert set(found.fleet) == offering
    assert set(found.fleet) <= set(found.network)
    assert len(found.network) == max(2, len(offering))


def test_no_two_subnets_overlap() -> None:
    from ipaddress import ip_network
    from itertools import combinations

    found = [ip_network(cidr(zone)) for zone in ZONES for cidr in (private_cidr, public_cidr)]
    assert not [pair for pair in combinations(found, 2) if pair[0].overlaps(pair[1])]
