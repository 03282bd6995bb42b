"""What clients see when a region is evacuated and brought back, and how long it takes to drain.

    python -m bench.evacuate [--runs 3] [--simulate]

The real commands on a real deployment: SmolLM2 in two local regions, or with --simulate stacks/global.yaml in
simulated clouds whose parts run here. Eight clients, half of them for streams.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.gateway.figures import spread

from llmdeploy.infra.load import LoadRun, LoadShape, generate_load, longest_gap

COMMAND = Path(sys.executable).with_name("llmdeploy")
GLOBAL = Path(__file__).parents[1] / "stacks" / "global.yaml"
LOCAL = """\
name: chat
model: HuggingFaceTB/SmolLM2-135M-Instruct
framework: vllm
regions: [local/a, local/b]
"""
SETTLE_S = 4.0


@dataclass(frozen=True)
class Deployment:
    """A spec in a folder and a home of its own."""

    folder: Path
    spec: str
    region: str
    options: tuple[str, ...]

    def run(self, *words: str) -> str:
        """Run a command; its output."""
        done = subprocess.run(
            [COMMAND, *words],
            cwd=self.folder,
            env={**os.environ, "LLMDEPLOY_HOME": str(self.folder / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def move(self, *options: str) -> dict[str, float]:
        """Evacuate, or bring back; the report."""
        told = self.run("evacuate", self.spec, self.region, "--yes", "--json", *options)
        return dict(json.loads(told.splitlines()[-1]))


def main() -> None:
    """Move a region out and back, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.evacuate")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--simulate", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-evacuate-") as folder:
        deployment = _deployment(Path(folder), simulate=given.simulate)
        deployment.run("up", deployment.spec, "--yes", *deployment.options)
        try:
            _show([asyncio.run(_moved(deployment)) for _ in range(given.runs)])
        finally:
            deployment.run("destroy", deployment.spec, "--yes")
    print("bars: 0 failed, 0 broken streams, drained within the longest answer")


def _deployment(folder: Path, *, simulate: bool) -> Deployment:
    if simulate:
        shutil.copy(GLOBAL, folder / "global.yaml")
        return Deployment(folder, "global.yaml", "aws/us-east-1", ("--simulate", "--live"))
    (folder / "chat.yaml").write_text(LOCAL)
    return Deployment(folder, "chat.yaml", "local/a", ())


async def _moved(deployment: Deployment) -> tuple[LoadRun, dict[str, float], dict[str, float]]:
    exports = dict(re.findall(r"export (\w+)=(\S+)", deployment.run("key", deployment.spec, "--export")))
    model = json.loads(deployment.run("status", deployment.spec, "--json"))["model"]
    shape = LoadShape(exports["OPENAI_BASE_URL"], model, exports["OPENAI_API_KEY"], seconds=300)
    stop = asyncio.Event()
    load = asyncio.create_task(generate_load(shape, stop=stop))
    await asyncio.sleep(SETTLE_S)
    away = await asyncio.to_thread(deployment.move)
    back = await asyncio.to_thread(deployment.move, "--back")
    await asyncio.sleep(SETTLE_S)
    stop.set()
    return await load, away, back


def _show(found: list[tuple[LoadRun, dict[str, float], dict[str, float]]]) -> None:
    records = [record for run, _, _ in found for record in run.records]
    failed = [record for record in records if not record.ok]
    print(
        f"{len(found)} times out and back under 8 clients: {len(records)} requests, {len(failed)} failed, "
        f"{sum(record.begun_stream for record in failed)} of them broken streams"
    )
    longest = [max(record.latency_s for record in run.records) for run, _, _ in found]
    within = sum(away["drained_s"] <= most for (_, away, _), most in zip(found, longest, strict=True))
    print(f"drained within the longest answer of the run: {within} of {len(found)} times")
    for name, values in (
        ("the change, s", [away["change_s"] for _, away, _ in found]),
        ("drained after it, s", [away["drained_s"] for _, away, _ in found]),
        ("longest answer, s", longest),
        ("longest gap, s", [longest_gap(run) for run, _, _ in found]),
        ("the way back, s", [back["change_s"] for _, _, back in found]),
    ):
        print(f"  {name:<22} {spread(values)}", flush=True)


if __name__ == "__main__":
    started = time.monotonic()
    main()
    print(f"{time.monotonic() - started:.0f} s in all")
