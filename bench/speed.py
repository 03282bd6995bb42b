"""The speed estimate against published runs, and its own speed: `python -m bench.speed`.

Each point names its source. Two lines are added to what the sources say: the lengths of ShareGPT prompts, and
which quantization a source left open (docs/speed.md).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

from llmdeploy.serving.catalog.gpus import Gpu, gpus
from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.models.config import read_config
from llmdeploy.serving.models.lookup import model_architecture
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.sizing.size import size
from llmdeploy.serving.speed.band import band
from llmdeploy.serving.speed.capacity import capacity
from llmdeploy.serving.speed.estimate import estimate
from llmdeploy.serving.speed.request import SpeedRequest, Workload
from llmdeploy.serving.speed.result import Target
from llmdeploy.serving.speed.steps import roofline

POINTS = Path(__file__).parent.parent / "tests" / "serving" / "speed" / "throughput_points.json"
CARDS = {
    "H100": "h100",
    "H200": "h200",
    "B200": "b200",
    "A100 40": "a100-40gb",
    "A100 80": "a100-80gb",
    "L40S": "l40s",
    "L4": "l4",
}
MODELS = {
    "Llama-3.3-70B-Instruct": "meta-llama/Llama-3.3-70B-Instruct",
    "gpt-oss-120b": "openai/gpt-oss-120b",
    "DeepSeek-R1-0528": "deepseek-ai/DeepSeek-R1",
    "Llama-3.1-8B-Instruct": "meta-llama/Llama-3.1-8B-Instruct",
    "Qwen2.5-7B-Instruct": "Qwen/Qwen2.5-7B-Instruct",
    "Qwen2.5-7B-Instruct-AWQ": "Qwen/Qwen2.5-7B-Instruct",
}
LLAMA_7B = {
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "vocab_size": 32000,
    "max_position_embeddings": 2048,
}
FRAMEWORKS = {"TensorRT-LLM": "tensorrt-llm", "SGLang": "sglang", "vLLM": "vllm", "vLLM/SGLang": "vllm"}
WEIGHTS = {"fp8": "fp8", "awq int4": "int4"}
SHAREGPT = (220, 195)
"""Mean input and output tokens of the ShareGPT prompts in vLLM's and SGLang's benchmark scripts."""
UNSTATED = (1024, 256)
"""Lengths taken where a source states none."""
REGIONS = 200


@dataclass(frozen=True)
class Point:
    """A published run beside the estimate. Output tokens per second and GPU."""

    row: dict[str, Any]
    request: SpeedRequest
    estimated: float

    @property
    def measured(self) -> float:
        """As published."""
        return float(self.row["output_tok_s_per_gpu"])

    @property
    def error(self) -> float:
        """Relative error of the estimate."""
        return self.estimated / self.measured - 1

    @property
    def band(self) -> float:
        """The share by which the estimate says that it may be off."""
        return band(self.request)

    @property
    def stated(self) -> bool:
        """Whether the source states the lengths of its requests."""
        return self.row["isl"] is not None


def read_points(path: Path = POINTS) -> list[Point]:
    """Every published run, estimated."""
    rows = json.loads(path.read_text("utf-8"))
    return [Point(row, request_of(row), _estimated(row, request_of(row))) for row in rows]


def request_of(row: dict[str, Any]) -> SpeedRequest:
    """The request that a published run answers. NVIDIA's fp8 and nvfp4 checkpoints keep the cache in fp8."""
    inputs, outputs = _lengths(row)
    framework = FRAMEWORKS[row["engine"].split()[0]]
    narrow_cache = framework == "tensorrt-llm" and row["quant"] in ("fp8", "nvfp4")
    replica = SizingRequest(
        architecture=_architecture(row),
        gpu=_card(row["gpu"]),
        tensor_parallel=row["gpus"],
        weights=WEIGHTS.get(row["quant"], "none"),
        kv_cache="fp8" if narrow_cache else "16-bit",
        framework=framework,
        context_length=inputs + outputs,
    )
    attention: Any = "data" if row["parallelism"].startswith("DEP") else "tensor"
    return SpeedRequest(replica, Workload(inputs, outputs, row["concurrency"]), attention=attention)


def _architecture(row: dict[str, Any]) -> Architecture:
    if row["model"] == "LLaMA-7B":
        return read_config("LLaMA-7B", LLAMA_7B, "arxiv.org/abs/2302.13971")
    found = model_architecture(MODELS[row["model"]])
    return replace(found, native="nvfp4") if row["quant"] == "nvfp4" else found


def _card(label: str) -> Gpu:
    return gpus()[next(name for prefix, name in CARDS.items() if label.startswith(prefix))]


def _lengths(row: dict[str, Any]) -> tuple[int, int]:
    if row["isl"] is not None:
        return row["isl"], row["osl"]
    return SHAREGPT if "ShareGPT" in row["load"] else UNSTATED


def _estimated(row: dict[str, Any], request: SpeedRequest) -> float:
    if not row["load"].startswith("static"):
        return estimate(request).output_tokens_per_second_per_gpu
    inputs, outputs, batch = row["isl"], row["osl"], row["concurrency"]
    steps = roofline(request)
    seconds = steps.seconds(0, 0, batch * inputs, inputs)
    seconds += (outputs - 1) * steps.seconds(batch, inputs + outputs / 2, 0, 0)
    return float(batch * outputs / seconds / row["gpus"])


def points_table(points: Sequence[Point]) -> str:
    """The errors of every point as a Markdown table; output tokens per second and GPU."""
    lines = [
        "| Model | GPUs | Engine | Weights | In / out | Load | Published | Estimated | Error |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for point in points:
        row = point.row
        inputs, outputs = _lengths(row)
        cells = [
            row["model"],
            f"{row['gpus']} × {row['gpu']}" + (f" ({row['parallelism']})" if row["gpus"] > 1 else ""),
            row["engine"].split(" (")[0],
            row["quant"].split(" (")[0].replace("not stated for this figure", "not stated"),
            f"{inputs} / {outputs}" + ("" if point.stated else " *"),
            row["load"].split(" (")[0].split(",")[0]
            + (f", {row['concurrency']}" if row["concurrency"] else ""),
            f"{point.measured:,.0f}",
            f"{point.estimated:,.0f}",
            f"{point.error:+.0%}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def summary(points: Sequence[Point]) -> str:
    """Median and worst errors in one line, of all points and of those whose lengths are stated."""
    stated = [abs(point.error) for point in points if point.stated]
    every = [abs(point.error) for point in points]
    return (
        f"all {len(every)} points: median {median(every):.0%}, worst {max(every):.0%}; "
        f"lengths stated, {len(stated)} points: median {median(stated):.0%}, worst {max(stated):.0%}"
    )


def left_out(points: Sequence[Point]) -> str:
    """The errors when each framework's factor comes from the other points only.

    One factor per framework is fitted (the geometric mean of published over estimated); a point whose
    framework has no other keeps the estimate as it is.
    """
    errors = []
    for point in points:
        others = [
            other.measured / other.estimated
            for other in points
            if other is not point and _framework(other) == _framework(point)
        ]
        factor = geometric_mean(others) if others else 1.0
        errors.append(abs(point.estimated * factor / point.measured - 1))
    return f"each left out in turn: median {median(errors):.0%}, worst {max(errors):.0%}"


def _framework(point: Point) -> str:
    return point.request.replica.framework


def speed() -> str:
    """Seconds for estimates and capacities of one model on every GPU and count in many regions."""
    architecture = model_architecture("meta-llama/Llama-3.3-70B-Instruct")
    chosen = [
        SpeedRequest(
            SizingRequest(architecture, gpu, count, weights="fp8", context_length=8192),
            Workload(1024, 256, requests_per_second=0.5),
        )
        for gpu in gpus().values()
        for count in (1, 2, 4, 8)
    ]
    fitting = [request for request in chosen if size(request.replica).fits]
    cold = _timed(fitting)
    start = time.perf_counter()
    for _ in range(REGIONS):
        for request in fitting:
            estimate(request)
            capacity(request, Target(ttft_p95=2.0))
    took = time.perf_counter() - start
    return (
        f"{cold * 1e6:.0f} µs an estimate not asked before; {REGIONS} regions × {len(fitting)} choices, "
        f"each with the most that it answers within a target: {took:.2f} s"
    )


def _timed(requests: Sequence[SpeedRequest]) -> float:
    for request in requests:
        estimate(replace(request, workload=replace(request.workload, output_tokens=255)))
    estimate.cache_clear()
    start = time.perf_counter()
    for request in requests:
        estimate(request)
    return (time.perf_counter() - start) / len(requests)


def main() -> int:
    """Print the table, the errors and the speed."""
    points = read_points()
    print(points_table(points), summary(points), left_out(points), speed(), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
