"""A network's zones only ever grow: a subnet cannot go while instances of the last type stand in it."""

from __future__ import annotations

from llmdeploy.modules.aws.zones import choose_zones


def test_another_instance_moves_the_fleet_and_no_subnet() -> None:
    last = choose_zones("aws/us-west-2", "g6.xlarge", ["us-west-2a", "us-west-2b", "us-west-2d"], [])
    now = choose_zones("aws/us-west-2", "g5.xlarge", ["us-west-2b", "us-west-2c"], [], last.network)
    assert now.fleet == ("us-west-2b", "us-west-2c")
    assert now.network == ("us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d")
