"""What an update of traffic alone changes, told from the list of files that a stack has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.contract.world import LAPTOP

from llmdeploy.serving.gateway.cloud import gateway_objects
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.node.sidecar import file_list
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.compose import composed
from llmdeploy.serving.rollout.moves import begun, moves
from llmdeploy.serving.rollout.standing import Standing
from llmdeploy.serving.spec.rollout import Rollout
from llmdeploy.stacks.steering import LISTINGS, steered, told

REGIONS = {
    "instances": ("aws/us-east-1", ""),
    "instances of Google's": ("gcp/europe-west4", ""),
    "sagemaker": ("aws/us-east-1", "variant: managed"),
    "vertex": ("gcp/europe-west4", "variant: managed"),
    "cloud-run": ("gcp/europe-west4", "variant: managed\nmanaged: cloud-run"),
}


@pytest.fixture(params=REGIONS, ids=str)
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Stack:
    return Stack(tmp_path, *REGIONS[request.param])


class Stack:
    """A deployment in two regions, on its way to another version of the framework in the first."""

    def __init__(self, folder: Path, region: str, more: str) -> None:
        self.region, self.folder, self.more = region, folder, more
        self.stable, self.target = self._plan("0.27.1"), self._plan("0.30.0")

    def plan(self, phase: str, percent: int = 0) -> Plan:
        """At the first move of the phase, with the share."""
        first = begun(2, self.stable, self.target, [self.region], Rollout(steps=(25, 50, 100)))
        found = (
            at
            for at in moves(first, self.stable, self.target)
            if at.phase == phase and at.percent == percent
        )
        return composed(self.stable, self.target, next(found), Standing())

    def outputs(self, plan: Plan) -> dict[str, Any]:
        """As the stack tells them, when it was brought to the plan; endpoints and certificates filled in."""
        texts = gateway_objects(plan, plan.region(self.region), plan.domain)
        filled = {
            name: text.replace("{endpoint-host.blue}", "blue.example").replace("{endpoint-path.blue}", "/b")
            for name, text in texts.items()
        }
        filled["trusted.yaml"] = "of the fronts"
        listing = file_list(filled, "arn:keys", {"blue": "https://blue.example"})
        return {"regions": {self.region: {"bucket": "files"}}, LISTINGS: {self.region: listing}}

    def _plan(self, version: str) -> Plan:
        file = self.folder / "chat.yaml"
        file.write_text(
            "name: chat\nmodel: {id: Qwen/Qwen3-8B, context_length: 8192}\nquantization: fp8\n"
            f"framework: {{name: vllm, version: {version}}}\nregions: [{self.region}, aws/us-west-2]\n"
            f"{self.more}\n"
        )
        return build_plan(load_spec(file, None), LAPTOP, self.folder / "catalog")


def test_a_shift_changes_the_routes_and_their_sum_in_the_list(stack: Stack) -> None:
    outputs = stack.outputs(stack.plan("shift", 25))
    found = steered(stack.plan("shift", 50), [stack.region], outputs)
    assert found is not None
    (change,) = found
    routes = f"routes.{stack.region.replace('/', '-')}.yaml"
    assert (list(change.files), change.bucket) == ([routes], "files")
    assert [target.rpartition("gateway-")[2] for target in change.targets] == [routes, "files"]
    before = outputs[LISTINGS][stack.region].splitlines()
    others = [line for line in change.listing.splitlines() if line not in before]
    assert [line.partition("  ")[2] for line in others] == [routes]


def test_what_was_steered_is_told_and_needs_no_more(stack: Stack) -> None:
    outputs = stack.outputs(stack.plan("shift", 25))
    found = steered(stack.plan("shift", 50), [stack.region], outputs)
    assert found is not None
    again = steered(stack.plan("shift", 50), [stack.region], told(found, outputs))
    assert again is not None
    assert [change.files for change in again] == [{}]


def test_other_files_take_an_update_of_everything(stack: Stack) -> None:
    assert steered(stack.plan("shift", 25), [stack.region], stack.outputs(stack.stable)) is None


def test_so_does_a_stack_that_does_not_tell_which_it_has(stack: Stack) -> None:
    outputs = stack.outputs(stack.plan("shift", 25)) | {LISTINGS: {}}
    assert steered(stack.plan("shift", 50), [stack.region], outputs) is None
    assert steered(stack.plan("shift", 50), [stack.region], {"regions": {}}) is None
