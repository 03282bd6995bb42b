"""Which regions a request may be sent to, in which order, by policy, entry and residency mark."""

from __future__ import annotations

import pytest
from tests.serving.gateway.plans import gateway_plan, regions

from llmdeploy.serving.gateway import Entry
from llmdeploy.serving.gateway.topology import chains, shares

ABC = regions("local/a", "local/b", "local/c", weights={"local/b": 3, "local/c": 0})
RESIDENCY = {"eu": ("local/b", "local/c")}

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
    plan = gateway_plan(policy=policy, residency=RESIDENCY)
    found = shares(plan, ABC, Entry(entry, "127.0.0.1", 1), mark)
    shown = [
        (
            share.chain.name,
            " ".join(tier.region.removeprefix("local/") for tier in share.chain.tiers),
            share.weight,
        )
        for share in found
    ]
    assert shown == expected


def test_no_chain_of_a_mark_holds_a_foreign_region() -> None:
    entries = [Entry(region.name, "127.0.0.1", 1) for region in ABC]
    for policy in ("nearest", "weighted", "failover"):
        for chain in chains(gateway_plan(policy=policy, residency=RESIDENCY), ABC, entries):
            if chain.name.endswith("@eu"):
                assert {tier.region for tier in chain.tiers} <= set(RESIDENCY["eu"])
