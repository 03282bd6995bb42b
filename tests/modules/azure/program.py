"""A deployment in Azure, composed as stacks do: from a spec's file to declared resources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks
from tests.modules.declared import Declared, declared_with

from llmdeploy.infra.simulate.identity.azure_forms import FORMS
from llmdeploy.modules.azure.place import AzurePlace
from llmdeploy.modules.azure.region import AzureRegion
from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan

LAPTOP = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
KEY = "canary-of-the-endpoints-key"
SUBSCRIPTION, TENANT = "00000000-1111-2222-3333-444444444444", "55555555-0000-0000-0000-000000000000"


class Cloud(mocks.Mocks):
    """What Azure answers: ids by its paths."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        form = FORMS.get(args.typ, "/{name}")
        known = {"subscription": SUBSCRIPTION, "name": args.name, **args.inputs}
        identity = form.format_map({key: str(value) for key, value in known.items()})
        return identity, {**args.inputs, "name": identity.rpartition("/")[2]}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"nobody answers {args.token}")


def plan_of(spec: Path) -> Plan:
    return build_plan(load_spec(spec, None), LAPTOP)


def graph(plan: Plan) -> list[Declared]:
    """Every resource of the plan's part in Azure."""
    return declared_with(Cloud(), lambda: deploy(plan))


def deploy(plan: Plan) -> None:
    deployment = Deployment(plan.name, plan.stack_name, plan.spec_digest)
    for region in plan.regions:
        if region.provider == "azure":
            place = AzurePlace(
                name=region.name.replace("/", "-"),
                location=region.location,
                subscription=SUBSCRIPTION,
                tenant=TENANT,
                deployment=deployment,
                salt=pulumi.Output.from_input("salt"),
            )
            AzureRegion(place, region, pulumi.Output.secret(KEY), _digests(plan))


def _digests(plan: Plan) -> dict[str, str]:
    containers = [
        fleet.managed.container
        for region in plan.regions
        for fleet in region.fleets
        if fleet.managed and fleet.managed.container
    ]
    return {each.image: f"sha256:{'0' * 64}" for each in containers}
