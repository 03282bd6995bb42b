"""Runs our actions and workflows: every `run:` with bash, and every `uses:` by its effect."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from tests.ci.steps.expressions import condition, filled, shown
from tests.ci.steps.machine import ROOT, Machine
from tests.ci.steps.others import EFFECTS

OURS = "OWNER/llmdeploy/"
_STEP_KEYS = {"name", "id", "if", "uses", "with", "run", "shell", "env", "continue-on-error"}
_LONGEST_STEP_S = 240


@dataclass
class Status:
    """Of the steps so far."""

    failed: bool = False
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def functions(self) -> dict[str, Callable[..., Any]]:
        return {
            "success": lambda: not self.failed,
            "failure": lambda: self.failed,
            "cancelled": lambda: False,
            "always": lambda: True,
            "fromJSON": json.loads,
        }


@dataclass
class Job:
    """One job under way.

    Args:
        contexts: github, vars, secrets, matrix, needs.
        more_inputs: of our actions, by the name of each: what tests cannot have the workflow's way.
    """

    machine: Machine
    contexts: dict[str, Any]
    env: dict[str, str] = field(default_factory=dict)
    more_inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    status: Status = field(default_factory=Status)

    def run_steps(
        self, steps: list[dict[str, Any]], inputs: Mapping[str, str], folder: Path | None
    ) -> Status:
        """Run the steps of a job, or of an action in a folder."""
        status = Status()
        for step in steps:
            assert set(step) <= _STEP_KEYS, step
            github = self.contexts["github"] | ({"action_path": str(folder)} if folder else {})
            contexts = self.contexts | {
                "github": github,
                "inputs": inputs,
                "env": self.env,
                "steps": {name: {"outputs": told} for name, told in status.outputs.items()},
            }
            if not condition(step.get("if"), contexts, status.functions()):
                if "id" in step:
                    status.outputs[step["id"]] = {}
                continue
            good, outputs = self._run_step(step, contexts, status)
            if "id" in step:
                status.outputs[step["id"]] = outputs
            status.failed |= not good and not step.get("continue-on-error", False)
        return status

    def _run_step(
        self, step: dict[str, Any], contexts: Mapping[str, Any], status: Status
    ) -> tuple[bool, dict[str, str]]:
        def told(values: Mapping[str, Any]) -> dict[str, str]:
            return {
                name: shown(filled(shown(value), contexts, status.functions()))
                for name, value in values.items()
            }

        if "run" in step:
            return self._run_script(step, told(step.get("env", {})))
        assert "env" not in step
        action, _, version = step["uses"].partition("@")
        assert version, "what is not pinned to a version changes under us"
        inputs = told(step.get("with", {}))
        if action.startswith(OURS):
            return not self.run_action(action.removeprefix(OURS), inputs, contexts).failed, {}
        EFFECTS[action](self.machine, inputs)
        return True, {}

    def run_action(self, path: str, given: Mapping[str, str], contexts: Mapping[str, Any]) -> Status:
        """Run one of ours, in the folder of that path."""
        folder = ROOT / path
        action = yaml.safe_load((folder / "action.yml").read_text())
        assert action["runs"]["using"] == "composite"
        given = {**given, **self.more_inputs.get(folder.name, {})}
        declared = action["inputs"]
        assert set(given) <= set(declared)
        inputs = {}
        for name, what in declared.items():
            assert name in given or not what.get("required"), f"{path} needs {name}"
            default = shown(filled(shown(what.get("default")), contexts, {}))
            inputs[name] = given.get(name, default)
        assert all(step.get("shell") == "bash" for step in action["runs"]["steps"] if "run" in step)
        return self.run_steps(action["runs"]["steps"], inputs, folder)

    def _run_script(self, step: Mapping[str, Any], env: Mapping[str, str]) -> tuple[bool, dict[str, str]]:
        files = {name: self.machine.temp / name for name in ("output", "path", "script.sh")}
        for name in ("output", "path"):
            files[name].write_text("")
        files["script.sh"].write_text(step["run"])
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(files["script.sh"])],
            cwd=self.machine.workspace,
            env={
                **self.machine.environ_of_step(),
                **self.env,
                **env,
                "GITHUB_OUTPUT": str(files["output"]),
                "GITHUB_PATH": str(files["path"]),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_LONGEST_STEP_S,
            check=False,
        )
        self.machine.log += f"\n> {step.get('name', '')}\n{ended.stdout}"
        self.machine.path += files["path"].read_text().split()
        return ended.returncode == 0, _outputs(files["output"].read_text())


def _outputs(text: str) -> dict[str, str]:
    """What a step told: NAME=VALUE, or lines between two that GitHub knows the end by."""
    told, lines = {}, iter(text.splitlines())
    for line in lines:
        name, heredoc, end = line.partition("<<")
        if heredoc and "=" not in name:
            value = []
            for each in lines:
                if each == end:
                    break
                value.append(each)
            told[name] = "\n".join(value)
        else:
            name, _, value = line.partition("=")
            told[name] = value
    return told
