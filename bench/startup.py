"""How long the commands take that a user waits for all day, against importing their libraries alone.

    python -m bench.startup [--runs N]

Whole processes, in turn, so that a machine that slows down slows all of them. Seconds are of the clock; CPU
seconds, which other work on the machine disturbs less, are those of the process and of the kernel for it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.instances import InstanceType, instances_in
from llmdeploy.serving.catalog.prices import price
from llmdeploy.serving.catalog.regions import cloud_regions

LLMDEPLOY = str(Path(sys.executable).with_name("llmdeploy"))
BASE = "import pydantic, click, yaml"
BASE_MODEL = f"{BASE}\nclass Model(pydantic.BaseModel):\n    name: str"
MANY = 50

Command = Callable[[int], list[str]]
Cost = tuple[float, float]
"""Seconds by the clock, and of the CPU."""


def main() -> None:
    """Print a row a command: medians, the ratio of each to the base, and the least and most by the clock."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=9)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        commands = _commands(Path(folder))
        costs: dict[str, list[Cost]] = {name: [] for name in commands}
        environ = {**os.environ, "LLMDEPLOY_CACHE": folder, "LLMDEPLOY_HOME": f"{folder}/home"}
        for run in range(runs + 1):
            for name, command in commands.items():
                cost = _cost(command(run), environ)
                if run:  # the first round only warms the file cache, and leaves what the next ones recall
                    costs[name].append(cost)
    _show(costs)


def _commands(folder: Path) -> dict[str, Command]:
    specs = {
        "local": _spec("local/a", "local/b"),
        "1 cloud region": _spec("aws/us-east-1"),
        "2 cloud regions": _spec("aws/us-east-1", "gcp/europe-west4"),
        f"{MANY} cloud regions": _spec(*_many()),
    }
    commands: dict[str, Command] = {
        BASE: lambda run: [sys.executable, "-c", BASE],
        "the same, and one model": lambda run: [sys.executable, "-c", BASE_MODEL],
        "llmdeploy --help": lambda run: [LLMDEPLOY, "--help"],
        "validate, unchanged": _unchanged(folder, "validate", specs["local"]),
        "validate, changed": _changed(folder, "validate", specs["local"]),
    }
    for name, spec in specs.items():
        commands[f"plan {name}, unchanged"] = _unchanged(folder, "plan", spec)
        commands[f"plan {name}, changed"] = _changed(folder, "plan", spec)
    for command in ("cost", "advise"):
        commands[f"{command}, unchanged"] = _unchanged(folder, command, specs["2 cloud regions"])
        commands[f"{command}, changed"] = _changed(folder, command, specs["2 cloud regions"])
    return commands


def _spec(*regions: str) -> str:
    return (
        "name: chat\nmodel: {id: Qwen/Qwen2.5-7B-Instruct, context_length: 8192}\nframework: vllm\n"
        f"regions: [{', '.join(regions)}]\n"
    )


def _many() -> list[str]:
    named = [f"{provider}/{location}" for provider in ("aws", "gcp") for location in cloud_regions(provider)]
    return [name for name in named if any(_serves(name, one) for one in instances_in(name))][:MANY]


def _serves(region: str, instance: InstanceType) -> bool:
    priced = price(region, instance.name, "on-demand") is not None
    return priced and instance.on_demand and "bf16" in gpus()[instance.gpu].formats


def _unchanged(folder: Path, command: str, spec: str) -> Command:
    return lambda run: [LLMDEPLOY, command, _written(folder / "same.yaml", spec)]


def _changed(folder: Path, command: str, spec: str) -> Command:
    return lambda run: [LLMDEPLOY, command, _written(folder / "new.yaml", f"{spec}# {run}\n")]


def _written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def _cost(command: list[str], environ: dict[str, str]) -> Cost:
    used, begun = _cpu_seconds(), time.perf_counter()
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun, _cpu_seconds() - used


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _show(costs: dict[str, list[Cost]]) -> None:
    columns = {name: tuple(zip(*runs, strict=True)) for name, runs in costs.items()}
    base_clock, base_cpu = (median(column) for column in columns[BASE])
    print(f"{'':32}{'clock':>8}{'ratio':>8}{'least':>8}{'most':>8}{'CPU':>8}{'ratio':>8}")
    for name, (clock, cpu) in columns.items():
        figures = (median(clock), median(clock) / base_clock, min(clock), max(clock))
        shown = "".join(f"{figure:8.3f}" for figure in (*figures, median(cpu), median(cpu) / base_cpu))
        print(f"{name:32}{shown}")


if __name__ == "__main__":
    main()
