"""Plain Pulumi on a spec: what Pulumi.yaml runs, in the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pulumi import automation
from tests.infra.provider.deployment import Deployment

from llmdeploy.stacks.__main__ import main

ROOT = Path(__file__).parents[2]


@pytest.mark.engine
def test_a_preview_plans_the_spec_that_the_configuration_names(tmp_path: Path) -> None:
    home = Deployment(tmp_path)
    stack = automation.create_or_select_stack("chat", "llmdeploy", main, opts=home.workspace_options())
    stack.set_config("llmdeploy:spec", automation.ConfigValue(str(ROOT / "stacks/examples/chat.yaml")))
    planned: set[str] = set()

    def on_event(event: automation.EngineEvent) -> None:
        step = event.resource_pre_event
        if step and step.metadata.op.value == "create":
            planned.add(step.metadata.urn.rpartition("::")[2])

    stack.preview(on_event=on_event)
    assert {"local-a", "local-a-0", "local-b", "local-b-0", "gateway", "api-key"} <= planned


def test_the_project_file_runs_the_stacks_folder() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    assert project["name"] == "llmdeploy"
    assert (ROOT / project["main"] / "__main__.py").is_file()
