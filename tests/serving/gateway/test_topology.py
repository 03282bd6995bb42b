"""Which regions a request may be sent to, in which order, by policy, entry and residency mark."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.serving.gateway.plans import gateway_plan, regions

from llmdeploy.serving.gateway import Entry, GatewayRegion
from llmdeploy.serving.gateway.topology import chains, shares

ABC = regions("local/a", "local/b", "local/c", weights={"local/b": 3, "local/c": 0})
RESIDENCY = {"eu": ("local/b", "local/c")}
A, B, C = ABC
SPARE = [replace(A, turn="failover"), replace(B, turn="overflow"), C]
"""c serves, b helps out, a comes last."""
EVACUATED = [A, replace(B, turn="overflow"), replace(C, evacuated=True)]

CASES = [
    ("nearest", "local/a", None, [("local/a", "a b c", 1)]),
    ("nearest", "local/b", None, [("local/b", "b a c", 1)]),
    ("nearest", "local/a", "eu", [("local/a@eu", "b c", 1)]),
    ("nearest", "local/c", "eu", [("local/c@eu", "c b", 1)]),
    ("failover", "local/a", None, [("failover", "a b c", 1)]),
    ("failover", "local/c", None, [("failover", "a b c", 1)]),
    ("failover", "local/c", "eu", [("failover@eu", "b c", 1)]),
    (
        "weighted",
        "local/c",
        None,
        [("local/a", "a b c", 1), ("local/b", "b a c", 3), ("local/c", "c a b", 0)],
    ),
    ("weighted", "local/a", "eu", [("local/b@eu", "b c", 3), ("local/c@eu", "c b", 0)]),
]


@pytest.mark.parametrize(("policy", "entry", "mark", "expected"), CASES)
def test_shares(policy: str, entry: str, mark: str | None, expected: list[tuple[str, str, int]]) -> None:
    assert spread(policy, ABC, entry, mark, RESIDENCY) == expected


def spread(
    policy: str,
    order: list[GatewayRegion],
    entry: str,
    mark: str | None,
    residency: dict[str, tuple[str, ...]],
) -> list[tuple[str, str, int]]:
    """Chain, regions by their last letter, weight."""
    plan = gateway_plan(policy=policy, residency=residency)
    return [
        (
            share.chain.name,
            " ".join(tier.region.removeprefix("local/") for tier in share.chain.tiers),
            share.weight,
        )
        for share in shares(plan, order, Entry(entry, "127.0.0.1", 1), mark)
    ]


@pytest.mark.parametrize(
    ("policy", "entry", "mark", "expected"),
    [
        ("nearest", "local/a", None, [("local/a", "c b a", 1)]),
        ("nearest", "local/b", None, [("local/b", "c b a", 1)]),
        ("nearest", "local/c", None, [("local/c", "c b a", 1)]),
        ("nearest", "local/b", "eu", [("local/b@eu", "c b", 1)]),
        ("failover", "local/a", None, [("failover", "c b a", 1)]),
        ("weighted", "local/a", None, [("local/c", "c b a", 0)]),
    ],
)
def test_primaries_come_first_then_overflow_then_failover(
    policy: str, entry: str, mark: str | None, expected: list[tuple[str, str, int]]
) -> None:
    assert spread(policy, SPARE, entry, mark, RESIDENCY) == expected


def test_primaries_in_the_order_of_who_hands_over() -> None:
    first, second, third = regions("local/a", "local/b", "local/c")
    order = [first, second, replace(third, turn="overflow", failover=("local/b", "local/a"))]
    assert spread("nearest", order, "local/c", None, {}) == [("local/c", "b a c", 1)]
    assert spread("nearest", order, "local/b", None, {}) == [("local/b", "b a c", 1)]


def test_an_evacuated_primary_comes_after_all_others() -> None:
    assert spread("nearest", EVACUATED, "local/c", None, {}) == [("local/c", "a b c", 1)]


def test_where_only_later_turns_are_allowed_they_have_the_shares() -> None:
    marks = {"x": ("local/a", "local/b")}
    assert spread("weighted", SPARE, "local/c", "x", marks) == [("local/b@x", "b a", 3)]


def test_weighted_primaries_share_and_the_others_stand_behind() -> None:
    order = [A, B, replace(C, turn="overflow")]
    found = spread("weighted", order, "local/a", None, {})
    assert found == [("local/a", "a b c", 1), ("local/b", "b a c", 3)]


def test_a_turn_is_told_only_where_it_says_something() -> None:
    assert "turn" not in A.telling()
    assert GatewayRegion.told(SPARE[1].telling()) == SPARE[1]


def test_no_chain_of_a_mark_holds_a_foreign_region() -> None:
    entries = [Entry(region.name, "127.0.0.1", 1) for region in ABC]
    for policy in ("nearest", "weighted", "failover"):
        for chain in chains(gateway_plan(policy=policy, residency=RESIDENCY), ABC, entries):
            if chain.name.endswith("@eu"):
                assert {tier.region for tier in chain.tiers} <= set(RESIDENCY["eu"])
