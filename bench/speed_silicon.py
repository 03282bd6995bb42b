"""The speed estimate against the runs inside NVIDIA's `aiconfigurator-core`: `python -m bench.speed_silicon`.

The package (Apache-2.0; `pip install aiconfigurator-core==0.12.0`) holds thousands of measured runs of vLLM,
SGLang and TensorRT-LLM, each with its source. Nothing in the model was fitted to them.
"""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.models.lookup import model_architecture
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.speed.batch import NoRoom
from llmdeploy.serving.speed.estimate import estimate
from llmdeploy.serving.speed.kernels import SYSTEMS, NoKernelData, estimate_from_kernels
from llmdeploy.serving.speed.request import SpeedRequest, Workload

GPUS = {"h100_sxm": "h100", "h200_sxm": "h200", "b200_sxm": "b200", "b300_sxm": "b300", "l40s": "l40s"}
FRAMEWORKS = {"vllm": "vllm", "sglang": "sglang", "trtllm": "tensorrt-llm"}
MODELS = {
    "Qwen/Qwen3-32B": "Qwen/Qwen3-32B",
    "Qwen/Qwen3-235B-A22B-FP8": "Qwen/Qwen3-235B-A22B",
    "meta-llama/Llama-3.1-70B": "meta-llama/Llama-3.1-70B-Instruct",
    "meta-llama/Llama-3.1-8B-Instruct": "meta-llama/Llama-3.1-8B-Instruct",
    "nvidia/Llama-3.1-8B-Instruct-FP8": "meta-llama/Llama-3.1-8B-Instruct",
    "deepseek-ai/DeepSeek-R1": "deepseek-ai/DeepSeek-R1",
    "openai/gpt-oss-120b": "openai/gpt-oss-120b",
}
GRID_MODELS = (
    "Qwen/Qwen3-8B",
    "Qwen/Qwen3-32B",
    "Qwen/Qwen3-30B-A3B",
    "meta-llama/Llama-3.1-8B-Instruct",
    "meta-llama/Llama-3.3-70B-Instruct",
    "openai/gpt-oss-120b",
)


@dataclass(frozen=True)
class Run:
    """One measured run beside its estimate: errors of time per output token and of time to first token."""

    group: tuple[str, str, str, str]
    concurrency: int
    tpot: float
    ttft: float


def runs(sample: Path) -> Iterator[Run]:
    """The runs of one server that read and write together, on models and GPUs that the catalog knows."""
    with sample.open(newline="") as file:
        for row in csv.DictReader(file):
            request = _request(row)
            if request is None:
                continue
            try:
                found = estimate(request)
            except NoRoom:
                continue
            yield Run(
                (
                    row["model_path"].rpartition("/")[2],
                    row["system"],
                    row["backend"],
                    row["precision"] or "bf16",
                ),
                request.workload.concurrency or 0,
                found.tpot_p50 / (float(row["silicon_tpot_ms"]) / 1000) - 1,
                found.ttft_p50 / (float(row["silicon_ttft_ms"]) / 1000) - 1,
            )


def _request(row: dict[str, Any]) -> SpeedRequest | None:
    concurrency = re.search(r"concurrency=(\d+)", row["silicon_data_source"])
    known = row["model_path"] in MODELS and row["system"] in GPUS and row["mode"] == "agg"
    if not known or concurrency is None or float(row["attention_dp_size"] or 1) > 1:
        return None
    precision = row["precision"]
    architecture = model_architecture(MODELS[row["model_path"]])
    if precision == "fp4" and architecture.native != "mxfp4":
        architecture = replace(architecture, native="nvfp4")
    inputs, outputs = int(float(row["isl"])), int(float(row["osl"]))
    replica = SizingRequest(
        architecture,
        gpus()[GPUS[row["system"]]],
        tensor_parallel=int(float(row["tp_size"])),
        weights="fp8" if precision == "fp8" else "none",
        kv_cache="fp8" if precision in ("fp8", "fp4") and row["backend"] == "trtllm" else "16-bit",
        framework=FRAMEWORKS[row["backend"]],
        context_length=inputs + outputs,
    )
    return SpeedRequest(replica, Workload(inputs, outputs, concurrency=int(concurrency[1])))


def table(found: Sequence[Run]) -> str:
    """Errors by model, GPU, framework and format as a Markdown table."""
    groups = defaultdict(list)
    for run in found:
        groups[run.group].append(run)
    lines = [
        "| Model | GPU | Framework | Weights | Runs | TPOT, median error | bias | TTFT, median error |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for group, members in sorted(groups.items()):
        cells = [*group, str(len(members)), _middle(run.tpot for run in members)]
        cells += [f"{median(run.tpot for run in members):+.0%}", _middle(run.ttft for run in members)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def summary(found: Sequence[Run]) -> str:
    """Median and 90th percentile of all errors in one line."""
    tpot = sorted(abs(run.tpot) for run in found)
    return (
        f"{len(found)} runs: time per output token, median error {median(tpot):.0%}, nine of ten within "
        f"{tpot[int(0.9 * len(tpot))]:.0%}; time to first token, median {_middle(run.ttft for run in found)}"
    )


def grid() -> str:
    """Times per output token of the roofline and of measured kernels, in one line for each GPU."""
    ratios: dict[str, list[float]] = defaultdict(list)
    for model, gpu, ranks, weights, concurrency in product(
        GRID_MODELS, SYSTEMS, (1, 2, 4, 8), ("none", "fp8"), (1, 8, 32, 128)
    ):
        replica = SizingRequest(
            model_architecture(model), gpus()[gpu], ranks, weights=weights, context_length=2048
        )
        request = SpeedRequest(replica, Workload(1024, 256, concurrency))
        try:
            measured = estimate_from_kernels(request)
        except (NoRoom, NoKernelData):
            continue
        ratios[gpu].append(estimate(request).tpot_p50 / measured.tpot_p50 - 1)
    every = [ratio for found in ratios.values() for ratio in found]
    lines = [_line(gpu, found) for gpu, found in ratios.items()]
    return "\n".join(
        [
            "| GPU | Choices | Median difference | Bias | Worst |",
            "|---|---|---|---|---|",
            *lines,
            _line("all", every),
        ]
    )


def _line(name: str, found: Sequence[float]) -> str:
    worst = max(found, key=abs)
    return f"| {name} | {len(found)} | {_middle(iter(found))} | {median(found):+.0%} | {worst:+.0%} |"


def _middle(errors: Iterator[float]) -> str:
    return f"{median(abs(error) for error in errors):.0%}"


def main() -> int:
    """Print the errors; without the package, say how to get it."""
    package = importlib.util.find_spec("aiconfigurator_core")
    if package is None or package.origin is None:
        print("needs the measured runs of `pip install aiconfigurator-core==0.12.0` (112 MB)")
        return 0
    found = list(runs(Path(package.origin).parent / "systems" / "silicon_sample.csv"))
    print(table(found), summary(found), grid(), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
