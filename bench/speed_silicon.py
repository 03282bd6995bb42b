"""The speed estimate against the runs inside NVIDIA's `aiconfigurator-core`: `python -m bench.speed_silicon`.

The package (Apache-2.0; `pip install aiconfigurator-core==0.12.0`) holds thousands of measured runs of vLLM,
SGLang and TensorRT-LLM, each with its source. docs/speed.md says which constants were judged on them.
"""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.models.feed_forward import ExpertFeedForward
from llmdeploy.serving.models.lookup import model_architecture
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.speed.batch import NoRoom
from llmdeploy.serving.speed.estimate import estimate
from llmdeploy.serving.speed.request import SpeedRequest, Workload
from llmdeploy.serving.speed.server import server

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
ONE_SERVER = 8
"""GPUs of the largest single server; rows with more are of several."""
WAVES = 10
"""Requests of a run over its concurrency, all sent at once. So does SemiAnalysis' InferenceMAX (--num-prompts
in github.com/SemiAnalysisAI/InferenceX), whose runs we take the dated dumps to be; the others do not say."""
DUMP = re.compile(r"source_file=\d")


@dataclass(frozen=True)
class Run:
    """One measured run beside its estimate: estimated over measured, of both times."""

    group: tuple[str, str, str, str]
    experts: bool
    tpot: float
    ttft: float | None
    """None where the run does not say how many requests it sent."""


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
            layers = request.replica.architecture.layers
            known = DUMP.search(row["silicon_data_source"]) is not None
            yield Run(
                _group(row),
                any(isinstance(layer.feed_forward, ExpertFeedForward) for layer in layers),
                found.tpot_p50 * 1000 / float(row["silicon_tpot_ms"]),
                _first_token(request) * 1000 / float(row["silicon_ttft_ms"]) if known else None,
            )


def _group(row: dict[str, Any]) -> tuple[str, str, str, str]:
    model = row["model_path"].rpartition("/")[2]
    return model, row["system"], row["backend"], row["precision"] or "bf16"


def _first_token(request: SpeedRequest) -> float:
    """The mean over the run: its first wave is read one after another, the others find steady state."""
    concurrency = request.workload.concurrency
    answer = server(request).closed(concurrency)
    assert concurrency is not None
    rush = answer.ttft_p50
    if concurrency <= answer.pace.running:
        rush = max(rush, answer.pace.step + (concurrency + 1) / 2 * answer.pace.turn)
    return (rush + (WAVES - 1) * answer.ttft_p50) / WAVES


def _request(row: dict[str, Any]) -> SpeedRequest | None:
    concurrency = re.search(r"concurrency=(\d+)", row["silicon_data_source"])
    known = row["model_path"] in MODELS and row["system"] in GPUS and row["mode"] == "agg"
    if not known or concurrency is None or float(row["attention_dp_size"] or 1) > 1:
        return None
    if float(row["tp_size"]) > ONE_SERVER:
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
        "| Model | GPU | Framework | Weights | Runs | TPOT, error | Bias | TTFT, error | Bias |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for group, members in sorted(groups.items()):
        first = [run.ttft for run in members if run.ttft is not None]
        cells = [*group, str(len(members)), *_errors([run.tpot for run in members])]
        cells += _errors(first) if first else ("", "")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def summary(found: Sequence[Run]) -> str:
    """Median and 90th percentile of the errors, a line each for all, dense models and experts."""
    dense = [run for run in found if not run.experts]
    experts = [run for run in found if run.experts]
    kinds = (("all", list(found)), ("dense models", dense), ("experts", experts))
    return "\n".join(_line(name, members) for name, members in kinds)


def _line(name: str, members: Sequence[Run]) -> str:
    tpot = [run.tpot for run in members]
    ttft = [run.ttft for run in members if run.ttft is not None]
    return (
        f"{name}: time per output token, {len(tpot)} runs, median error {_middle(tpot)}, nine of ten within "
        f"{_most(tpot):.0%}; time to first token, {len(ttft)} runs, median error {_middle(ttft)}, "
        f"nine of ten within {_most(ttft):.0%}"
    )


def _errors(ratios: Sequence[float]) -> tuple[str, str]:
    return _middle(ratios), f"{median(ratios) - 1:+.0%}"


def _middle(ratios: Iterable[float]) -> str:
    return f"{median(abs(ratio - 1) for ratio in ratios):.0%}"


def _most(ratios: Sequence[float]) -> float:
    """The share that holds nine of ten, up or down: 0.5 is from 1 / 1.5 to 1.5 times."""
    spread = sorted(max(ratio, 1 / ratio) - 1 for ratio in ratios)
    return spread[int(0.9 * len(spread))]


def main() -> int:
    """Print the errors; without the package, say how to get it."""
    package = importlib.util.find_spec("aiconfigurator_core")
    if package is None or package.origin is None:
        print("needs the measured runs of `pip install aiconfigurator-core==0.12.0` (112 MB)")
        return 0
    found = list(runs(Path(package.origin).parent / "systems" / "silicon_sample.csv"))
    print(table(found), summary(found), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
