"""A deployment in two regions of clouds, on its way to another version of the framework in the first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.contract.world import LAPTOP

from llmdeploy.serving.gateway.cloud import gateway_objects
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.node.sidecar import file_list
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.compose import composed
from llmdeploy.serving.rollout.moves import begun, moves
from llmdeploy.serving.rollout.progress import Progress
from llmdeploy.serving.rollout.standing import Standing
from llmdeploy.serving.spec.rollout import Rollout
from llmdeploy.stacks.hosts import direct_hosts
from llmdeploy.stacks.steering import LISTINGS

OTHER = "aws/us-west-2"


class Moving:
    """What such a deployment is at each move, and what its stack tells then."""

    def __init__(self, folder: Path, region: str, more: str) -> None:
        self.region, self.folder, self.more = region, folder, more
        direct = region.startswith("azure/")
        self.entry = OTHER if direct else region
        self._listed = f"{{name: {region}, variant: managed}}" if direct else region
        self.stable, self.target = self._plan("0.27.1"), self._plan("0.30.0")

    def move(self, phase: str, percent: int = 0) -> Progress:
        """The first move of the phase, with the share."""
        first = begun(2, self.stable, self.target, [self.region], Rollout(steps=(25, 50, 100)))
        found = (
            at for at in moves(first, self.stable, self.target) if at.phase == phase and at.percent == percent
        )
        return next(found)

    def plan(self, phase: str, percent: int = 0) -> Plan:
        """At that move."""
        return composed(self.stable, self.target, self.move(phase, percent), Standing())

    def outputs(self, plan: Plan) -> dict[str, Any]:
        """As the stack tells them, when it was brought to the plan; endpoints and certificates filled in."""
        hosts = direct_hosts(plan, plan.stack_name, "sub")
        texts = gateway_objects(plan, plan.region(self.entry), plan.domain, hosts)
        filled = {
            name: text.replace("{endpoint-host.blue}", "blue.example").replace("{endpoint-path.blue}", "/b")
            for name, text in texts.items()
        }
        if "trusted.yaml" in filled:
            filled["trusted.yaml"] = "of the fronts"
        listing = file_list(filled, "arn:keys", {"blue": "https://blue.example"})
        facts = {self.region: {"subscription": "sub"}, self.entry: {"bucket": "files"}}
        return {"regions": facts, LISTINGS: {self.entry: listing}}

    def _plan(self, version: str) -> Plan:
        file = self.folder / "chat.yaml"
        file.write_text(
            "name: chat\nmodel: {id: Qwen/Qwen3-8B, context_length: 8192}\nquantization: fp8\n"
            f"framework: {{name: vllm, version: {version}}}\nregions: [{self._listed}, {OTHER}]\n"
            f"{self.more}\n"
        )
        return build_plan(load_spec(file, None), LAPTOP, self.folder / "catalog")
