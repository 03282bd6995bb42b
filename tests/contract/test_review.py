"""The review of a deployment's safety sees what is unsafe: each breach, made in a real graph, is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from tests.contract.graph import SPECS
from tests.contract.security import canaries, identity, network, storage
from tests.contract.security.held import Held
from tests.contract.world import World

from llmdeploy.infra.simulate.drift import drifted
from llmdeploy.infra.simulate.records import Record

pytestmark = [pytest.mark.engine, pytest.mark.slow]

BREACHES = Path(__file__).parent / "security" / "breaches.yaml"


def test_every_breach_is_told(world: World) -> None:
    world.up(world.plan((SPECS / "both-failover.yaml").read_text("utf-8")))
    records = world.clouds.resources()
    for breach in yaml.safe_load(BREACHES.read_text("utf-8")):
        broken = drifted(world.clouds.find(breach["resource"]), breach["set"])
        told = [*_review(Held(_with(records, broken)))]
        assert any(
            breach["told"] in line and line.startswith(broken.name.rpartition("-")[0]) for line in told
        ), (
            breach,
            told,
        )

    held = Held(records)
    assert {"hub token", "passphrase", "default key", "peer key", "key of aws-certificate-us-east-1"} <= set(
        canaries.canaries(held)
    )
    for kind, secret in canaries.canaries(held).items():
        spilled = drifted(
            world.clouds.find("BucketObjectv2:aws-us-east-1-gateway-routes.aws-us-east-1.yaml"),
            {"content": secret},
        )
        assert [*canaries.problems(world, Held(_with(records, spilled)))] == [
            f"the {kind} stands in BucketObjectv2 {spilled.name}"
        ]
    plain = [replace(each, secrets=()) for each in records]
    assert any("came as plain text" in line for line in canaries.problems(world, Held(plain)))


def _review(held: Held) -> Iterator[str]:
    yield from network.problems(held)
    yield from identity.problems(held)
    yield from storage.problems(held)


def _with(records: list[Record], changed: Record) -> list[Record]:
    return [changed if each.number == changed.number else each for each in records]
