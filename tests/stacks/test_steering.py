"""What an update of traffic alone changes, told from the list of files that a stack has."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.stacks.moving import Moving

from llmdeploy.stacks.steering import LISTINGS, steered, told

REGIONS = {
    "instances": ("aws/us-east-1", ""),
    "instances of Google's": ("gcp/europe-west4", ""),
    "sagemaker": ("aws/us-east-1", "variant: managed"),
    "vertex": ("gcp/europe-west4", "variant: managed"),
    "azure-ml": ("azure/eastus2", "routing: {policy: weighted}"),
    "cloud-run": ("gcp/europe-west4", "variant: managed\nmanaged: cloud-run"),
}


@pytest.fixture(params=REGIONS, ids=str)
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Moving:
    return Moving(tmp_path, *REGIONS[request.param])


def test_a_shift_changes_the_routes_and_their_sum_in_the_list(stack: Moving) -> None:
    outputs = stack.outputs(stack.plan("shift", 25))
    found = steered(stack.plan("shift", 50), [stack.region], outputs)
    assert found is not None
    (change,) = found
    routes = f"routes.{stack.entry.replace('/', '-')}.yaml"
    assert (list(change.files), change.bucket) == ([routes], "files")
    assert [target.rpartition("gateway-")[2] for target in change.targets] == [routes, "files"]
    before = outputs[LISTINGS][stack.entry].splitlines()
    others = [line for line in change.listing.splitlines() if line not in before]
    assert [line.partition("  ")[2] for line in others] == [routes]


def test_what_was_steered_is_told_and_needs_no_more(stack: Moving) -> None:
    outputs = stack.outputs(stack.plan("shift", 25))
    found = steered(stack.plan("shift", 50), [stack.region], outputs)
    assert found is not None
    again = steered(stack.plan("shift", 50), [stack.region], told(found, outputs))
    assert again is not None
    assert [change.files for change in again] == [{}]


def test_other_files_take_an_update_of_everything(stack: Moving) -> None:
    assert steered(stack.plan("shift", 25), [stack.region], stack.outputs(stack.stable)) is None


def test_so_does_a_stack_that_does_not_tell_which_it_has(stack: Moving) -> None:
    outputs = stack.outputs(stack.plan("shift", 25)) | {LISTINGS: {}}
    assert steered(stack.plan("shift", 50), [stack.region], outputs) is None
    assert steered(stack.plan("shift", 50), [stack.region], {"regions": {}}) is None


def test_who_is_near_a_region_without_gateway_changes_nothing(tmp_path: Path) -> None:
    """Nobody is: no route of any gateway gives it a share that could be split."""
    stack = Moving(tmp_path, "azure/eastus2", "routing: {policy: nearest}")
    found = steered(stack.plan("shift", 50), [stack.region], stack.outputs(stack.plan("shift", 25)))
    assert found is not None
    assert [change.files for change in found] == [{}]
