"""A deployment in three regions of its own home, rolled out by the real command while eight clients ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

COMMAND = (str(Path(sys.executable).with_name("llmdeploy")),)
Where = Literal["local", "live"]
STEPS, BAKE_S, REQUESTS = "[25, 50, 100]", 20, 100
LOCAL_REGIONS = ("local/a", "local/b", "local/c")
CLOUD_REGIONS = ("aws/us-east-1", "aws/us-west-2", "gcp/europe-west4")
LOCAL = """\
name: chat
model: {{id: HuggingFaceTB/SmolLM2-135M-Instruct, served_name: chat, context_length: 1024}}
framework:
  name: custom
  command: [env, "LLMDEPLOY_REPLICA_FAULT={fault}", "VERSION={version}", "{{python}}", -m,
    llmdeploy.infra.replica, --port, "{{port}}", --weights, {weights}, --served-model-name, chat,
    --concurrency, "8", --replica, "{{name}}", --region, "{{region}}"]
  metrics_path: /metrics
regions: [{regions}]
rollout: {{steps: {steps}, bake: {bake}s, min_requests: {requests}{more}}}
"""
LIVE = """\
name: chat
model: {{id: {model}, served_name: chat, context_length: {context}}}
framework: vllm
quantization: fp8
regions: [{regions}]
routing: {{policy: {policy}}}
rollout: {{steps: {steps}, bake: {bake}s, min_requests: {requests}{more}}}
"""
MODELS = ("Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen3-8B", "Qwen/Qwen2.5-14B-Instruct")
"""Of one version after the other, in clouds."""
GATE = '{"prompt": "Write the word yes.", "pattern": "[aeiou]{2}|\\\\b(the|is|a|yes|of)\\\\b"}\n' * 8
"""Any sentence of a small model has one of these; noise has none."""


@dataclass
class World:
    """One deployment.

    Args:
        where: real local regions, or clouds simulated live.
        more: further fields of `rollout`, beginning with a comma.
        regions: as in a spec.
        policy: of the routing, in clouds.
    """

    folder: Path
    where: Where
    weights: str = "random"
    more: str = ""
    regions: tuple[str, ...] = ()
    steps: str = STEPS
    bake_s: float = BAKE_S
    requests: int = REQUESTS
    policy: str = "nearest"
    version: int = 0
    outputs: dict[str, Any] = field(default_factory=dict)

    @property
    def spec(self) -> Path:
        """The spec's file."""
        return self.folder / "chat.yaml"

    @property
    def environ(self) -> dict[str, str]:
        """What the command runs with."""
        home = str(self.folder / "home")
        # What stands in for the cloud's model is not to be this machine's only work.
        light = {"LLMDEPLOY_STAND_IN": "random"} if self.weights == "random" else {}
        return {**os.environ, "LLMDEPLOY_HOME": home, "NO_COLOR": "1", **light}

    def write(self, fault: str = "") -> None:
        """Write another version of the spec: one that does as `fault` says."""
        self.version += 1
        regions = self.regions or (LOCAL_REGIONS if self.where == "local" else CLOUD_REGIONS)
        told = {
            "regions": ", ".join(regions),
            "steps": self.steps,
            "bake": self.bake_s,
            "requests": self.requests,
            "more": self.more,
        }
        if self.where == "local":
            text = LOCAL.format(fault=fault or "slow=1", version=self.version, weights=self.weights, **told)
        else:
            model = MODELS[(self.version - 1) % len(MODELS)]
            text = LIVE.format(model=model, context=8192 + 64 * self.version, policy=self.policy, **told)
        self.spec.write_text(text)
        (self.folder / "gate.jsonl").write_text(GATE)
        if self.where == "live":
            self._misbehave(fault)

    def up(self) -> None:
        """Bring it up, without a rollout."""
        plain = self.spec.read_text().partition("rollout:")[0]
        whole = self.spec.read_text()
        self.spec.write_text(plain)
        live = ("--simulate", "--live") if self.where == "live" else ()
        self.run("up", "--yes", *live)
        self.spec.write_text(whole)
        self.outputs = self._outputs()

    def run(self, command: str, *arguments: str) -> str:
        """Run a command to its end and return what it printed. Raises CalledProcessError."""
        done = subprocess.run(
            [*COMMAND, command, str(self.spec), *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a rollout, with its events as JSON lines."""
        return subprocess.Popen(
            [*COMMAND, "rollout", str(self.spec), "--json", *arguments],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def journal(self) -> list[dict[str, Any]]:
        """What the last rollout has told, with its times."""
        folder = self.folder / "home" / "rollouts" / "chat"
        kept = sorted(folder.glob("*.jsonl"), key=lambda file: file.stat().st_mtime)
        return [json.loads(line) for line in kept[-1].read_text().splitlines()] if kept else []

    def destroy(self) -> None:
        """Remove it."""
        self.run("destroy", "--yes")

    def _misbehave(self, fault: str) -> None:
        """In a live simulation the fault is the simulated clouds': it hits the version of this spec."""
        from llmdeploy.serving.load import load_spec

        if not fault:
            return
        revision = load_spec(self.spec).digest[:12]
        self._simulate("fault", "misbehave", "--type", fault, "--name", revision)

    def _simulate(self, command: str, *arguments: str) -> None:
        subprocess.run(
            [*COMMAND, "simulate", command, str(self.spec), *arguments],
            env=self.environ,
            capture_output=True,
            check=True,
        )

    def _outputs(self) -> dict[str, Any]:
        code = (
            "import json, sys; from pathlib import Path; import click\n"
            "from llmdeploy.cli.opening import open_deployment\n"
            "with click.Context(click.Command('bench')):\n"
            "    print(json.dumps(open_deployment(Path(sys.argv[1]), None).outputs(show_secrets=True)))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(self.spec)],
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@contextmanager
def world(made: World) -> Iterator[World]:
    """Bring it up; it is gone when the block ends."""
    made.write()
    made.up()
    try:
        yield made
    finally:
        made.destroy()


class Lines(threading.Thread):
    """Reads a command's JSON lines as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__(daemon=True)
        self.events: list[dict[str, Any]] = []
        self._process = process
        self.start()

    def run(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                self.events.append(json.loads(line))
            except ValueError:
                continue
