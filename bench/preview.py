"""`preview --simulate` of many regions, against a hand-written Pulumi program with the same resources.

    python -m bench.preview [REGIONS...]

By default 1, 10 and 49 regions of both clouds, all that the catalog has with GPUs on demand. Ours is timed
with its preflight. The hand-written program is a flat list of the SDK's classes with the same inputs,
without a component, a plan or a check of ours: what our program registers is recorded once. Without
dependencies all its outputs are pending at once, which the SDK waits for in quadratic time: with many
regions it is no measure. Bars: at most 1.15 × its time and memory, and 50 regions within 40 s.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.home import Home, home_from_environment
from llmdeploy.infra.preflight.clouds.simulated import simulated_clients
from llmdeploy.infra.preflight.plan_tasks import Preflight
from llmdeploy.infra.preflight.run import run_preflight
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.simulate.attach import attach, folder_of
from llmdeploy.infra.simulate.session import GCP_PROJECT
from llmdeploy.infra.state.backend import Backend
from llmdeploy.serving.catalog.table import DATA
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan
from llmdeploy.stacks.program import Settings, deploy

SPEC = """\
name: bench
model: {{id: Qwen/Qwen2.5-7B-Instruct, context_length: 16384}}
framework: vllm
quantization: fp8
regions: [{regions}]
"""
AWS_INSTANCES = ("g6.xlarge", "g5.xlarge", "p4d.24xlarge", "p5.48xlarge", "p5en.48xlarge")
GCP_INSTANCES = ("g2-standard-4", "a2-highgpu-1g", "a3-highgpu-8g")
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET_KEY, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


def main() -> None:
    """Print a line for each number of regions."""
    if len(sys.argv) > 1 and sys.argv[1] in ("ours", "flat", "record"):
        print(json.dumps(_preview(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
        return
    counts = [int(argument) for argument in sys.argv[1:]] or [1, 10, 49]
    print("regions  resources  ours s  flat s  ratio  ours MiB  flat MiB  ratio")
    with tempfile.TemporaryDirectory(prefix="bench-preview-") as folder:
        for count in counts:
            ours, flat = (_in_a_process(kind, Path(folder), count) for kind in ("ours", "flat"))
            times = f"{ours['seconds']:7.1f} {flat['seconds']:7.1f} {ours['seconds'] / flat['seconds']:6.2f}"
            sizes = f"{ours['mib']:9.0f} {flat['mib']:9.0f} {ours['mib'] / flat['mib']:6.2f}"
            print(f"{count:7} {ours['resources']:10} {times} {sizes}", flush=True)


def _in_a_process(kind: str, folder: Path, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.preview", kind, str(folder / f"{kind}-{count}"), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _preview(kind: str, folder: Path, count: int) -> dict[str, float]:
    """Seconds, MiB of the program's process, and resources; of `record` a file of what was registered."""
    home = Home(folder.with_suffix(""), home_from_environment().cache)
    engine = find_engine(home.cache)
    if engine is None:
        sys.exit("no engine: run `llmdeploy engine install`")
    flat = _recorded(folder, count) if kind == "flat" else []
    plan, seen = _plan(count), list[dict[str, Any]]()
    with attach(home, "bench") as attached:
        runner = Runner(home, engine, Backend(home.state.as_uri()), "bench", {**os.environ, **attached})
        began = time.monotonic()
        program = partial(_declare, flat) if flat else _program(plan, home)
        if kind == "record":
            program = _recording(program, seen)
        result = runner.preview("bench", program)
        seconds = time.monotonic() - began
    if kind == "record":
        folder.write_text(json.dumps(seen))
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "mib": mib, "resources": result.counts.create}


def _plan(count: int) -> Plan:
    machine = Machine(cpus=2, memory_gib=8, gpus=0, vllm_python="", smollm2="missing")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(SPEC.format(regions=", ".join(_regions(count))))
        file.flush()
        return build_plan(load_spec(Path(file.name), None), machine)


def _program(plan: Plan, home: Home) -> Callable[[], None]:
    """As `preview --simulate` makes it: the preflight first, which resolves images and zones."""
    report = run_preflight(Preflight(plan, simulated_clients(folder_of(home, "bench")), home.root))
    report.require()
    return partial(deploy, plan, Settings("bench", pins=report.pins, project=GCP_PROJECT))


def _regions(count: int) -> list[str]:
    """Of both clouds by turns, as far as each offers a GPU on demand that the model fits."""
    found = []
    for provider, wanted in (("aws", AWS_INSTANCES), ("gcp", GCP_INSTANCES)):
        regions = json.loads((DATA / f"offerings-{provider}.json").read_text())["regions"]
        found.append([f"{provider}/{name}" for name, types in regions.items() if set(wanted) & set(types)])
    mixed = [region for pair in zip(*found, strict=False) for region in pair]
    mixed += [region for each in found for region in each if region not in mixed]
    if len(mixed) < count:
        sys.exit(f"the catalog has {len(mixed)} regions with these GPUs")
    return mixed[:count]


def _recorded(folder: Path, count: int) -> list[dict[str, Any]]:
    """What our program registers in a preview, recorded by another process."""
    file = folder.with_suffix(".json")
    command = [sys.executable, "-m", "bench.preview", "record", str(file), str(count)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return list(json.loads(file.read_text()))


def _recording(program: Callable[[], None], seen: list[dict[str, Any]]) -> Callable[[], None]:
    """The program, with every resource that it registers taken down."""

    def recorded() -> None:
        from google.protobuf import json_format
        from pulumi.runtime.settings import SETTINGS

        monitor: Any = SETTINGS.monitor

        class Monitor:
            def RegisterResource(self, request: Any) -> Any:  # noqa: N802
                inputs = json_format.MessageToDict(request.object)
                seen.append({"type": request.type, "name": request.name, "inputs": inputs})
                return monitor.RegisterResource(request)

            def __getattr__(self, name: str) -> Any:
                return getattr(monitor, name)

        SETTINGS.monitor = Monitor()
        program()

    return recorded


def _declare(resources: list[dict[str, Any]]) -> None:
    """Every resource of a cloud, by its class."""
    for each in resources:
        package = each["type"].partition(":")[0]
        if package in ("aws", "gcp"):
            inputs = {_snake(key): _value(value) for key, value in each["inputs"].items()}
            _class(package, each["type"])(each["name"], **inputs)


def _class(package: str, token: str) -> Any:
    _, module, name = token.split(":")
    return getattr(importlib.import_module(f"pulumi_{package}.{module.partition('/')[0].lower()}"), name)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _unknown() -> Any:
    """An output that is known only after `up`, as one of another resource is in a preview."""
    import pulumi

    async def resolved(value: Any) -> Any:
        return value

    return pulumi.Output(resolved(set()), resolved(None), resolved(False))


def _value(value: Any) -> Any:
    import pulumi

    if isinstance(value, dict):
        if value.get(SECRET_KEY) == SECRET:
            return pulumi.Output.secret(_value(value["value"]))
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if value == UNKNOWN:
        return _unknown()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


if __name__ == "__main__":
    main()
