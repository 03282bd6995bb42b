"""How long the commands take that a user waits for all day, against importing their libraries alone.

    python -m bench.startup [--runs N]

Whole processes, in turn, so that a machine that slows down slows all of them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

LLMDEPLOY = str(Path(sys.executable).with_name("llmdeploy"))
SPEC = "name: chat\nmodel: Qwen/Qwen2.5-7B-Instruct\nframework: vllm\nregions: [local/a, local/b]\n"
BASE = "import pydantic, click, yaml"
BASE_MODEL = f"{BASE}\nclass Model(pydantic.BaseModel):\n    name: str"


def main() -> None:
    """Print a row a command: median, smallest and largest seconds, and the ratio to the base."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=9)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "chat.yaml"
        commands: dict[str, Callable[[int], list[str]]] = {
            BASE: lambda run: [sys.executable, "-c", BASE],
            "the same, and one model": lambda run: [sys.executable, "-c", BASE_MODEL],
            "llmdeploy --help": lambda run: [LLMDEPLOY, "--help"],
            "llmdeploy validate, unchanged": lambda run: [LLMDEPLOY, "validate", _written(spec, SPEC)],
            "llmdeploy validate, changed": lambda run: [
                LLMDEPLOY,
                "validate",
                _written(spec.with_name("new.yaml"), f"{SPEC}# {run}\n"),
            ],
            "llmdeploy plan": lambda run: [LLMDEPLOY, "plan", _written(spec, SPEC)],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        environ = {**os.environ, "LLMDEPLOY_CACHE": folder}
        for run in range(runs + 1):
            for name, command in commands.items():
                seconds = _timed(command(run), environ)
                if run:  # the first round only warms the file cache
                    times[name].append(seconds)
    _show(times)


def _written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def _timed(command: list[str], environ: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def _show(times: dict[str, list[float]]) -> None:
    base = statistics.median(times[BASE])
    print(f"{'':32}{'median':>8}{'least':>8}{'most':>8}{'ratio':>8}")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        figures = "".join(f"{figure:8.3f}" for figure in (median, min(seconds), max(seconds), median / base))
        print(f"{name:32}{figures}")


if __name__ == "__main__":
    main()
