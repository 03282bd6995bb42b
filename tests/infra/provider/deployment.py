"""A deployment of the tests: the real engine, our plugin, a home of its own, and a look at what is left of
it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from pulumi import automation
from tests.infra.provider.faults import wait_until
from tests.processes import processes_of

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.home import home_from_environment
from llmdeploy.infra.provider import observe
from llmdeploy.infra.state.backend import Backend
from llmdeploy.infra.state.damage import forget_damaged_attributes
from llmdeploy.serving.plan.model import Plan
from llmdeploy.stacks.program import Settings, deploy

STACK = "chat"
PROJECT = "llmdeploy"
CHANGING = {"create", "update", "delete", "replace", "create-replacement", "delete-replaced"}


@dataclass
class Run:
    """What one engine operation did: operation by resource, drift found by a refresh, and every event as
    text.
    """

    ops: dict[str, str] = field(default_factory=dict)
    drift: dict[str, set[str]] = field(default_factory=dict)
    statuses: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    text: str = ""

    def take(self, event: Any, applied: bool) -> None:
        """Sort one engine event in."""
        if event.diagnostic_event and event.diagnostic_event.severity == "debug":
            # Pulumi's SDK writes the stack's outputs, secrets too, to its debug log; the runner drops it.
            return
        self.text += str(vars(event))
        if event.diagnostic_event:
            kind = self.errors if event.diagnostic_event.severity == "error" else self.statuses
            kind.append(event.diagnostic_event.message)
        outputs, planned = event.res_outputs_event, event.resource_pre_event
        if outputs and outputs.metadata.op.value == "refresh":
            metadata = outputs.metadata
            found = _changed(metadata.old, metadata.new)
            if found:
                self.drift[_name(metadata.urn)] = found
        step = outputs if applied else planned
        if step and step.metadata.op.value in CHANGING:
            self.ops[_name(step.metadata.urn)] = step.metadata.op.value


class Deployment:
    """One stack in one home. `root` holds everything of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.run_dir = root / "run" / STACK
        self.outputs: dict[str, Any] = {}
        """Of the last `up`."""
        self._plan: Plan | None = None
        self._key_rotation = ""
        self._selected: automation.Stack | None = None
        (root / "state").mkdir(parents=True, exist_ok=True)
        (root / "passphrase").write_text("correct horse battery staple")

    def up(self, plan: Plan, *, refresh: bool = False, key_rotation: str = "") -> Run:
        """`pulumi up`, and supervisord's first second: a program that is ready sooner is still "starting" for
        it. Raises CommandError when a resource fails.
        """
        run = Run()
        stack = self._stack(plan, key_rotation)

        def on_event(event: Any) -> None:
            run.take(event, applied=True)
            self.seen(event)

        try:
            result = stack.up(on_event=on_event, refresh=refresh)
            self.outputs = {name: output.value for name, output in result.outputs.items()}
        except automation.CommandError as error:
            error.add_note("\n".join(run.errors))
            raise
        wait_until(lambda: "starting" not in self._program_statuses())
        return run

    def _program_statuses(self) -> set[str]:
        programs = [*observe.deployment_processes(self.run_dir), observe.gateway_process(self.run_dir)]
        return {program.status for program in programs if program}

    def seen(self, event: Any) -> None:
        """For those who want to know of every event of an `up` as it comes."""

    def failing_up(self, plan: Plan, *, refresh: bool = False) -> Run:
        """An `up` that must fail."""
        run = Run()
        try:
            self._stack(plan).up(on_event=lambda event: run.take(event, applied=True), refresh=refresh)
        except automation.CommandError:
            return run
        raise AssertionError("the deployment came up although it should not")

    def preview(self, plan: Plan, *, refresh: bool = False, key_rotation: str = "") -> Run:
        """`pulumi preview`."""
        run = Run()
        self._stack(plan, key_rotation).preview(
            on_event=lambda event: run.take(event, applied=False), refresh=refresh
        )
        return run

    def destroy(self) -> None:
        """`pulumi destroy`."""
        self._stack(None).destroy()

    def cancel(self) -> None:
        """Take away what a killed run left in the state, as the runner does."""
        forget_damaged_attributes(Backend((self.root / "state").as_uri()), PROJECT, STACK)
        self._stack(None).cancel()

    @property
    def state_text(self) -> str:
        """The state as it lies on disk."""
        return "".join(path.read_text() for path in (self.root / "state").rglob("*.json"))

    def state(self, name: str, kind: str) -> dict[str, Any]:
        """The outputs in the state of the resource with this name and type."""
        path = self.root / "state" / ".pulumi" / "stacks" / PROJECT / f"{STACK}.json"
        resources = json.loads(path.read_text())["checkpoint"]["latest"]["resources"]
        [found] = [
            r["outputs"] for r in resources if _name(r["urn"]) == name and r["type"].endswith(f":{kind}")
        ]
        return dict(found)

    def chat(self, region: str = "local/a", key: str | None = None) -> httpx.Response:
        """One chat completion through a region's entry, with the deployment's key when none is given."""
        headers = {"authorization": f"Bearer {key or self.outputs['api_key']}"}
        url = self.outputs["entries"][region]
        body = {"model": "model", "messages": [{"role": "user", "content": "hi"}]}
        return httpx.post(f"{url}/chat/completions", json=body, headers=headers, timeout=10)

    def processes(self) -> list[psutil.Process]:
        """Every process that has the home in its command line, environment or working folder."""
        return list(processes_of(self.root))

    def close(self) -> None:
        """End what a failed test left."""
        observe.sweep(self.run_dir)

    def environment(self) -> dict[str, str]:
        """The engine's environment: our plugin on PATH, state and secrets in the home."""
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{self.root}/state",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.root / "passphrase"),
            "PULUMI_HOME": str(self.root / "pulumi"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }

    def _stack(self, plan: Plan | None, key_rotation: str = "") -> automation.Stack:
        self._plan, self._key_rotation = plan, key_rotation
        self._selected = self._selected or self._select()
        return self._selected

    def _select(self) -> automation.Stack:
        return automation.create_or_select_stack(STACK, PROJECT, self._program, opts=self.workspace_options())

    def workspace_options(self) -> automation.LocalWorkspaceOptions:
        """The engine, with the environment of this home."""
        engine = find_engine(home_from_environment().cache)
        assert engine, "no engine: run `make engine`"
        return automation.LocalWorkspaceOptions(
            env_vars=self.environment(),
            pulumi_command=automation.PulumiCommand(str(engine.path.parent.parent)),
        )

    def _program(self) -> None:
        if self._plan:
            deploy(self._plan, Settings(STACK, str(self.run_dir), self._key_rotation))


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _changed(old: Any, new: Any) -> set[str]:
    before: Mapping[str, Any] = (old and old.outputs) or {}
    after: Mapping[str, Any] = (new and new.outputs) or {}
    return {key for key in {*before, *after} if before.get(key) != after.get(key)}
