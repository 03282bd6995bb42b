"""Which changes force a new resource."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from llmdeploy.infra.simulate.schema import is_resource, replaces

TABLE = yaml.safe_load((Path(__file__).parent / "replaces.yaml").read_text())


@pytest.mark.parametrize("token", TABLE)
def test_table(token: str) -> None:
    assert is_resource(token)
    assert {path: replaces(token, path) for path in TABLE[token]} == TABLE[token]


def test_a_block_that_goes_replaces_when_what_is_in_it_would() -> None:
    assert replaces("aws:autoscaling/group:Group", "initialLifecycleHooks[0]")
    assert not replaces("aws:autoscaling/group:Group", "instanceRefresh")


def test_an_unknown_token_replaces_nothing() -> None:
    assert not replaces("aws:ec2/vcp:Vcp", "name")
